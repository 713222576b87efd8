/** The two-step map: PCA of all patches parts object from ground, PCA of the object's patches colours its parts. */
import { ofCell } from "../display-hook.js";
import { ArgumentError, DegenerateDataError, ShapeError } from "../errors.js";
import type { Matrix, Patches } from "../numeric/matrix.js";
import { type Pca, pca, projectPca } from "../numeric/pca.js";
import { pcaFromJson } from "../numeric/pca-json.js";
import { checkSeed } from "../numeric/random.js";
import type { Picture } from "../picture.js";
import { type ColourRule, checkColourRule, fitColours, paint } from "./colours.js";
import {
  checkRules,
  type ForegroundRule,
  maskAbove,
  type Separation,
  scaleToUnit,
  scoreRange,
  separate,
  type ThresholdRule,
} from "./foreground.js";
import { type Histogram, unitHistogram } from "./histogram.js";
import { maskedRows, spreadRows } from "./mask.js";
import { checkRecipe, fittedRecipe, type Recipe } from "./recipe.js";
import { normaliseTokens, patchTokens } from "./tokens.js";

export interface PatchMapOptions {
  /** Otsu's, the place of score 0, or a number from 0 to 1 on the scale of `first` @default "otsu" */
  readonly threshold?: ThresholdRule;
  /** the side of the threshold that touches image borders less, or the component's high or low side @default "border" */
  readonly foreground?: ForegroundRule;
  /** divide each patch vector by its length before the PCA, which helps with convolutional networks @default false */
  readonly normalize?: boolean;
  /** how the second step's scores become colours @default { rule: "minmax", percentiles: [1, 99] } */
  readonly colours?: ColourRule;
  /** start of the PCA's iteration: same seed, same bytes @default 0 */
  readonly seed?: number;
  /** name of the model, kept in the result and its recipe @default what the patches know */
  readonly model?: string;
  /** a saved recipe to apply instead of fitting; the options above then come from it and cannot be given */
  readonly recipe?: Recipe;
  /** stops between the steps */
  readonly signal?: AbortSignal;
}

/** The map of one image. Patch (r, c) is entry r * cols + c. */
export interface PatchComponentMap {
  rows: number;
  cols: number;
  /** first component, 0..1 over all images together, high in the foreground [rows * cols] */
  first: Float32Array;
  /** 1 in the foreground [rows * cols] */
  mask: Uint8Array;
  /** scores of the second step [rows * cols, 3], 0 in the background */
  scores: Float32Array;
  /** colours [rows * cols, 3], 0 in the background */
  rgb: Uint8Array;
  picture?: Picture;
}

export interface PatchMap {
  /** one an image */
  maps: PatchComponentMap[];
  /** on the scale of `first` */
  threshold: number;
  /** foreground patches as a share of all */
  foregroundShare: number;
  /** `first` over all images, in 64 bins */
  histogram: Histogram;
  /** PCA of all patches */
  firstPca: Pca;
  /** PCA of the foreground's patches */
  secondPca: Pca;
  /** applies the same map to other pictures */
  recipe: Recipe;
  /** the model that the patches come from, where known */
  modelName?: string;
  /** height and width of its input in pixels, where known */
  inputSize?: readonly [height: number, width: number];
}

const nComponents = 3;

/**
 * Colours the patches of one or more images by their principal components, in two steps and with one basis for all
 * images: equal colours mean similar patches across pictures. The first component of all patches parts foreground
 * from background; three components of the foreground's patches become red, green and blue.
 *
 * @param patches one record an image, of the same model; together 4 patches or more
 * @throws ArgumentError when `patches` is empty or of several models, the recipe is another model's, or an option is
 *   none of those known
 * @throws ShapeError when images or recipe differ in the numbers a patch has, or there are too few
 * @throws NotFiniteError naming the image and its first bad patch
 * @throws DegenerateDataError when all patches are equal, or fewer than 4 are foreground
 * @see Oquab et al. 2023, arXiv:2304.07193, figure 1, for the method
 * @example const { maps } = await patchMap((await model.extract(["a.jpg", "b.jpg"], { size: 518 })).patches);
 */
export async function patchMap(patches: readonly Patches[], options: PatchMapOptions = {}): Promise<PatchMap> {
  const { recipe, signal } = ofCell(options);
  const tokens = patchTokens(patches);
  const { inputSize } = patches[0];
  const known = commonModel(patches);
  const { model: modelName = known } = options;
  if (recipe) checkApplied({ ...options, model: modelName }, tokens);
  const rules = recipe?.options ?? checkedRules(options);
  if (rules.normalize) normaliseTokens(tokens);

  const firstPca = recipe ? pcaFromJson(recipe.first) : await pcaOfAll(tokens, rules.seed, signal);
  const firstScores = firstColumn(await projectPca(firstPca, tokens, { signal }));
  const split = recipe
    ? appliedSplit(firstScores, recipe)
    : separate(firstScores, patches, rules.threshold, rules.foreground);

  const foreground = maskedRows(tokens, split.mask);
  const secondPca = recipe ? pcaFromJson(recipe.second) : await pcaOfForeground(foreground, split, rules.seed, signal);
  const scores = spreadRows(await projectPca(secondPca, foreground, { signal }), split.mask).data;
  const colours = recipe?.colours ?? fitColours(scores, split.mask, rules.colours);
  const rgb = paint(scores, split.mask, colours);

  const { first, mask, threshold } = split;
  const fit = { model: modelName, rules, firstPca, range: scoreRange(firstScores), split, secondPca, colours };
  return {
    maps: perImage(patches, { first, mask, scores, rgb }),
    threshold,
    foregroundShare: foreground.rows / tokens.rows,
    histogram: unitHistogram(first),
    firstPca,
    secondPca,
    recipe: recipe ?? fittedRecipe(fit),
    ...(modelName === undefined ? {} : { modelName }),
    ...(inputSize === undefined ? {} : { inputSize }),
  };
}

/** The model that the patches know. Those that know none may have come from it too. */
function commonModel(patches: readonly Patches[]): string | undefined {
  const known = patches.find((p) => p.modelName !== undefined)?.modelName;
  patches.forEach(({ modelName = known }, i) => {
    if (modelName !== known)
      throw new ArgumentError(`patches[${i}]`, `come from ${modelName} where others come from ${known}: use one model`);
  });
  return known;
}

function checkedRules(options: PatchMapOptions): Recipe["options"] {
  const { threshold = "otsu", foreground = "border", normalize = false, seed = 0 } = options;
  const { colours = { rule: "minmax", percentiles: [1, 99] } } = options;
  checkRules(threshold, foreground);
  checkColourRule(colours);
  checkSeed(seed);
  return { threshold, foreground, normalize, colours: { ...colours }, seed };
}

function checkApplied(options: PatchMapOptions, tokens: Matrix): void {
  const { dim, model } = checkRecipe(options.recipe);
  for (const name of ["threshold", "foreground", "normalize", "colours", "seed"] as const)
    if (options[name] !== undefined)
      throw new ArgumentError(name, "is part of the recipe: leave it out, or fit anew without the recipe");
  if (tokens.cols !== dim)
    throw new ShapeError("patches", `have ${tokens.cols} numbers each where the recipe needs ${dim}: use its model`);
  if (model !== undefined && options.model !== undefined && model !== options.model)
    throw new ArgumentError("model", `is ${options.model} where the recipe was fitted on ${model}: use that one`);
}

async function pcaOfAll(tokens: Matrix, seed: number, signal?: AbortSignal): Promise<Pca> {
  const { rows, cols } = tokens;
  if (rows <= nComponents || cols < nComponents)
    throw new ShapeError(
      "patches",
      `are ${rows} of ${cols} numbers in all where the map needs 4 or more of at least 3: use larger pictures`,
    );
  try {
    return await pca(tokens, { nComponents, seed, signal });
  } catch (cause) {
    if (!(cause instanceof DegenerateDataError)) throw cause;
    throw new DegenerateDataError("patches", "are all equal, so no component parts them: use pictures with content", {
      cause,
    });
  }
}

/** The second step's axes. @throws DegenerateDataError when fewer than 4 patches are foreground, or all are equal */
export async function pcaOfForeground(
  foreground: Matrix,
  { threshold }: Pick<Separation, "threshold">,
  seed: number,
  signal?: AbortSignal,
): Promise<Pca> {
  const at = `the threshold ${threshold.toFixed(3)}`;
  if (foreground.rows <= nComponents)
    throw new DegenerateDataError(
      "patches",
      `have ${foreground.rows} in the foreground above ${at} where the second PCA needs 4 or more: lower the threshold`,
    );
  try {
    return await pca(foreground, { nComponents, seed, signal });
  } catch (cause) {
    if (!(cause instanceof DegenerateDataError)) throw cause;
    throw new DegenerateDataError("patches", `above ${at} are all equal: change the threshold or the foreground`, {
      cause,
    });
  }
}

function appliedSplit(scores: Float32Array, { range, flipped, threshold }: Recipe): Separation {
  const first = scaleToUnit(scores, range, flipped);
  return { first, mask: maskAbove(first, threshold), threshold, flipped };
}

function firstColumn({ data, rows, cols }: Matrix): Float32Array {
  return Float32Array.from({ length: rows }, (_, i) => data[i * cols]);
}

export type WholeMap = Pick<PatchComponentMap, "first" | "mask" | "scores" | "rgb">;

/** What was computed over all images together, image by image. */
export function perImage(patches: readonly Patches[], whole: WholeMap): PatchComponentMap[] {
  let end = 0;
  return patches.map(({ rows, cols, picture }) => {
    const start = end;
    end += rows * cols;
    return {
      rows,
      cols,
      first: whole.first.slice(start, end),
      mask: whole.mask.slice(start, end),
      scores: whole.scores.slice(start * nComponents, end * nComponents),
      rgb: whole.rgb.slice(start * nComponents, end * nComponents),
      ...(picture === undefined ? {} : { picture }),
    };
  });
}
