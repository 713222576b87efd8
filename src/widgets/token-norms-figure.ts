/** Token norms: each picture beside the lengths of its patch tokens, with the outliers outlined. */
import { ArgumentError } from "../core/errors.js";
import type { ImageNorms, TokenNorms } from "../core/features/token-norms.js";
import type { Caption, FigureOptions, MimeBundle } from "./bundle.js";
import { bundleOf } from "./figure.js";
import { heatLayer } from "./layers.js";
import { type MapTile, ratioOf } from "./map-tile.js";
import { shortName } from "./markup.js";
import { type PictureLike, type Thumbnail, thumbnails } from "./thumbnail.js";
import { drawTokenNorms } from "./token-norms-drawing.js";
import { tokenNormsMarkup } from "./token-norms-markup.js";
import { count, counted, modelAtSize, significant } from "./wording.js";

/** What a token norm figure shows; the record of `tokenNorms` fits. */
export interface TokenNormsLike extends Omit<TokenNorms, "images"> {
  images: readonly (Omit<ImageNorms, "picture"> & { picture?: PictureLike })[];
}

export interface TokenNormsFigureOptions extends FigureOptions {
  /** pictures that are open; the others fold @default 6 */
  readonly open?: number;
  /** pictures that are drawn at all; the caption names the rest @default 60 */
  readonly limit?: number;
}

/** A picture and the norms of its patches. */
export interface NormPair {
  name: string;
  tiles: readonly MapTile[];
}

/** The norms between which the colours lie. */
export interface NormScale {
  low: number;
  high: number;
}

const pictureSide = 360;

/**
 * Draws the norms of patch tokens on the magma scale beside their pictures, the outliers outlined, under the histogram
 * of all norms with the threshold.
 *
 * @param norms the record of `tokenNorms`
 * @returns HTML without Plotly, PNG and text
 * @throws ArgumentError when it holds no picture
 */
export async function tokenNormsFigure(
  norms: TokenNormsLike,
  options: TokenNormsFigureOptions = {},
): Promise<MimeBundle> {
  if (!norms.images?.length) throw new ArgumentError("tokenNorms", "hold no picture: give at least one's patches");
  const shown = norms.images.slice(0, options.limit ?? 60);
  const scale = scaleOf(norms);
  const pairs = await pairsOf(shown, norms.threshold, scale);
  return bundleOf(
    {
      widget: "token-norms",
      body: await tokenNormsMarkup(norms, pairs, scale, options.open ?? 6),
      caption: caption(norms, shown.length, options),
      drawing: await drawTokenNorms(norms, pairs, scale),
      text: shown.map(
        ({ outliers, norms: own }, i) =>
          `${pairs[i].name}: ${count(outliers)} of ${count(own.length)} tokens are outliers`,
      ),
    },
    options,
    `Token norms of ${counted(norms.images.length, "picture")}`,
  );
}

/** From the shortest token to the longest that is no outlier, so that a few giants do not blacken the rest. */
function scaleOf({ images, threshold }: TokenNormsLike): NormScale {
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  for (const { norms } of images)
    for (const norm of norms) {
      if (norm < low) low = norm;
      if (norm > high && norm <= threshold) high = norm;
    }
  return { low, high: Math.max(low, high) };
}

async function pairsOf(images: TokenNormsLike["images"], threshold: number, scale: NormScale): Promise<NormPair[]> {
  const pictures = await thumbnails(
    images.map(({ picture }) => picture),
    pictureSide,
  );
  return images.map((image, i) => {
    const name = image.picture ? shortName(image.picture.name) : `picture ${i + 1}`;
    return { name, tiles: tilesOf(name, image, pictures[i], threshold, scale) };
  });
}

function tilesOf(
  name: string,
  { norms, rows, cols, outliers }: TokenNormsLike["images"][number],
  picture: Thumbnail | undefined,
  threshold: number,
  { low, high }: NormScale,
): MapTile[] {
  const ratio = ratioOf(picture, rows, cols);
  const heat = heatLayer(norms.map((norm) => (norm - low) / (high - low || 1)));
  const patches = [...norms.keys()].filter((i) => norms[i] > threshold);
  const largest = norms.reduce((most, norm) => Math.max(most, norm), 0);
  return [
    { name, ratio, notes: [name, `${rows} × ${cols} patches`], ...(picture ? { picture } : {}) },
    {
      name: `token norms of ${name}`,
      ratio,
      layer: { pixels: heat, rows, cols },
      outlined: { patches, rows, cols },
      notes: [
        outliers === 0 ? "no outlier" : `${counted(outliers, "outlier")}, ${shareOf(outliers / norms.length)}`,
        `largest ${significant(largest)}`,
      ],
    },
  ];
}

/** Outliers are few: their share keeps its decimals. */
function shareOf(share: number): string {
  return `${significant(100 * share)} %`;
}

function caption(norms: TokenNormsLike, shown: number, options: TokenNormsFigureOptions): Caption {
  const { images, outliers, share, normalised, modelName, inputSize } = norms;
  const total = images.reduce((sum, image) => sum + image.norms.length, 0);
  const model = modelAtSize(options.modelName ?? modelName, options.size ?? inputSize);
  const left = images.length > shown ? ` The first ${count(shown)} are drawn.` : "";
  const hidden = normalised ? " The last norm hides outliers: extract with layerNorm: false to see them." : "";
  return {
    shows:
      `Norms of the ${count(total)} patch tokens of ${counted(images.length, "picture")} by ${model}${whence(norms)}: ` +
      `${outliers.length === 0 ? "none is an outlier" : `${shareOf(share)} are outliers`}.${left}`,
    reading:
      "A norm is a token's Euclidean length (no unit); colours run from the shortest token to the longest that is no " +
      `outlier. ${ruleSentence(norms)}${hidden}`,
    lookFor:
      outliers.length === 0
        ? "whether any patches stand far above the rest: here none do."
        : "outlined patches on plain ground: there the model keeps what concerns the whole picture, and the patch says little of its own place.",
  };
}

function whence({ layer, normalised }: TokenNormsLike): string {
  if (layer === undefined) return "";
  return `, after block ${layer} (counted from 0) and ${normalised ? "after" : "before"} the last norm`;
}

function ruleSentence({ rule, threshold, median }: TokenNormsLike): string {
  const limit = significant(threshold);
  if (rule === "given") return `Outliers, outlined, are those above ${limit}, the threshold given.`;
  return (
    `Outliers, outlined, are those above ${limit}: more than twice the median ${significant(median)} and more than ` +
    "5 robust deviations above it."
  );
}
