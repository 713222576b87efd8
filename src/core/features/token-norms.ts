/** The lengths of patch tokens, and those far above the rest: large models keep what they work with in such tokens. */
import { ArgumentError, DegenerateDataError } from "../errors.js";
import type { LayerOutput } from "../model/model.js";
import type { Patches } from "../numeric/matrix.js";
import { rowLengths } from "../numeric/normalise.js";
import type { Picture } from "../picture.js";
import { type Histogram, unitHistogram } from "./histogram.js";
import { patchTokens } from "./tokens.js";

export interface TokenNormsOptions {
  /**
   * the norm above which a token is an outlier, or "auto": more than twice the median of all, and more than 5 robust
   * deviations above it (a robust deviation is 1.4826 times the median distance from the median) @default "auto"
   */
  readonly threshold?: number | "auto";
}

/** The norms of one image. Patch (r, c) is entry r * cols + c. */
export interface ImageNorms {
  norms: Float32Array;
  rows: number;
  cols: number;
  /** how many of them are outliers */
  outliers: number;
  picture?: Picture;
}

export interface TokenNorms {
  /** one an image */
  images: ImageNorms[];
  /** a token is an outlier when its norm is larger */
  threshold: number;
  /** how the threshold was found */
  rule: "auto" | "given";
  /** of all norms */
  median: number;
  /** where the outliers are: image, row and column, each counted from 0 */
  outliers: [image: number, row: number, column: number][];
  /** outliers as a share of all tokens */
  share: number;
  /** all norms in 64 bins from 0 to the largest */
  histogram: Histogram;
  /** the block that the tokens come from, counted from 0, where known */
  layer?: number;
  /** whether they went through the last norm, where known */
  normalised?: boolean;
  modelName?: string;
  inputSize?: readonly [height: number, width: number];
}

const deviations = 5;
const medians = 2;
/** Makes the median distance from the median of normal numbers their standard deviation. */
const madScale = 1.4826;

/**
 * Euclidean norms of patch tokens, with a report of the outliers among them.
 *
 * Take tokens from before the last norm, `extract(images, { layers: 1, layerNorm: false })`: that norm brings all tokens
 * to about the same length and so hides what is looked for. In such tokens of DINOv2 ViT-g, Darcet et al. call those
 * with a norm above 150 outliers, a value picked by hand that they say can vary across models, and find 2.37 % of
 * tokens to be such; among DINOv2's sizes only L, H and g have them, models with registers do not. "auto" finds a
 * threshold for any model, as long as outliers are a minority, and none where norms lie close together.
 *
 * @param tokens an entry of extract's `layers`, or the patches of one or more images
 * @throws ArgumentError when there are no images or the threshold is neither "auto" nor a number of 0 or more;
 *   ShapeError when images differ in the numbers a patch has; NotFiniteError naming the image and its first bad patch;
 *   DegenerateDataError for "auto" when half of the tokens or more are zero
 * @see Darcet et al. 2023, arXiv:2309.16588, section 2.1 and figure 3
 * @example tokenNorms((await model.extract(paths, { layers: 1, layerNorm: false })).layers[0]).share;
 */
export function tokenNorms(
  tokens: readonly Patches[] | Pick<LayerOutput, "patches" | "layer" | "normalised">,
  options: TokenNormsOptions = {},
): TokenNorms {
  const { threshold: wanted = "auto" } = options;
  checkThreshold(wanted);
  const source = typeof tokens === "object" && tokens && "patches" in tokens ? tokens : undefined;
  const patches = source?.patches ?? (tokens as readonly Patches[]);
  const norms = Float32Array.from(rowLengths(patchTokens(patches)));
  const median = medianOf(norms);
  const threshold = wanted === "auto" ? farAbove(norms, median) : wanted;
  const images = perImage(patches, norms, threshold);
  const outliers = images.flatMap(({ norms: own, cols }, image) =>
    [...own.keys()]
      .filter((i) => own[i] > threshold)
      .map((i): [number, number, number] => [image, Math.floor(i / cols), i % cols]),
  );
  const { modelName, inputSize } = patches[0];
  return {
    images,
    ...{ threshold, rule: wanted === "auto" ? "auto" : "given", median, outliers },
    share: outliers.length / norms.length,
    histogram: histogramFromZero(norms),
    ...(source ? { layer: source.layer, normalised: source.normalised } : {}),
    ...(modelName === undefined ? {} : { modelName }),
    ...(inputSize === undefined ? {} : { inputSize }),
  };
}

function checkThreshold(threshold: number | "auto"): void {
  if (threshold === "auto" || (Number.isFinite(threshold) && (threshold as number) >= 0)) return;
  throw new ArgumentError("threshold", `is ${JSON.stringify(threshold)}: give "auto" or a norm, 0 or more`);
}

/** Whatever a minority of tokens does moves neither the median nor the median distance from it. */
function farAbove(norms: Float32Array, median: number): number {
  if (median === 0)
    throw new DegenerateDataError(
      "patches",
      "are zero for half of the tokens or more, so that nothing can be far above the rest: give a threshold as a number",
    );
  const deviation = madScale * medianOf(norms.map((norm) => Math.abs(norm - median)));
  return Math.max(medians * median, median + deviations * deviation);
}

function medianOf(values: Float32Array): number {
  const ordered = values.slice().sort();
  const half = ordered.length / 2;
  return (ordered[Math.ceil(half) - 1] + ordered[Math.floor(half)]) / 2;
}

function perImage(patches: readonly Patches[], norms: Float32Array, threshold: number): ImageNorms[] {
  let end = 0;
  return patches.map(({ rows, cols, picture }) => {
    const start = end;
    end += rows * cols;
    const own = norms.slice(start, end);
    const outliers = own.reduce((count, norm) => count + (norm > threshold ? 1 : 0), 0);
    return { norms: own, rows, cols, outliers, ...(picture === undefined ? {} : { picture }) };
  });
}

function histogramFromZero(norms: Float32Array): Histogram {
  const largest = norms.reduce((most, norm) => Math.max(most, norm), 0) || 1;
  const { edges, counts } = unitHistogram(norms.map((norm) => norm / largest));
  return { edges: edges.map((edge) => edge * largest), counts };
}
