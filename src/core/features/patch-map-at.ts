/** A patch map at another threshold: its first step stays, the second is computed anew. */
import { ArgumentError, ShapeError } from "../errors.js";
import { concatenated } from "../numeric/concatenated.js";
import type { Patches } from "../numeric/matrix.js";
import { type Pca, projectPca } from "../numeric/pca.js";
import { fitColours, paint } from "./colours.js";
import { maskAbove } from "./foreground.js";
import { countOnes, maskedRows, spreadRows } from "./mask.js";
import { type PatchMap, pcaOfForeground, perImage } from "./patch-map.js";
import { fittedRecipe } from "./recipe.js";
import { normaliseTokens, patchTokens } from "./tokens.js";

/**
 * The map with its foreground at another threshold on the scale of `first`. The foreground's components are fitted
 * anew, and keep the signs of the map's own, so that parts keep their colours from one threshold to the next. At the
 * map's own threshold it is the map itself.
 *
 * @param patches those that the map was made from, in the same order
 * @param threshold 0 to 1
 * @throws ArgumentError when the threshold lies outside 0..1; ShapeError when the patches are not those of the map;
 *   DegenerateDataError when fewer than 4 patches are above it
 */
export async function patchMapAt(map: PatchMap, patches: readonly Patches[], threshold: number): Promise<PatchMap> {
  checkThreshold(threshold);
  if (threshold === map.threshold) return map;
  const { recipe, maps } = map;
  const tokens = patchTokens(patches);
  const first = concatenated(maps.map((one) => one.first));
  if (first.length !== tokens.rows || recipe.dim !== tokens.cols)
    throw new ShapeError(
      "patches",
      `are ${tokens.rows} of ${tokens.cols} numbers where the map was made from ${first.length} of ${recipe.dim}: give those`,
    );
  const rules = { ...recipe.options, threshold };
  if (rules.normalize) normaliseTokens(tokens);
  const mask = maskAbove(first, threshold);
  const foreground = maskedRows(tokens, mask);
  const secondPca = await pcaOfForeground(foreground, { threshold }, rules.seed);
  const scores = spreadRows(await projectPca(secondPca, foreground), mask).data;
  keepSigns(secondPca, scores, concatenated(maps.map((one) => one.scores)));
  const colours = fitColours(scores, mask, rules.colours);
  const rgb = paint(scores, mask, colours);
  const { flipped, range, model } = recipe;
  const split = { first, mask, threshold, flipped };
  return {
    ...map,
    maps: perImage(patches, { first, mask, scores, rgb }).map((one, i) => ({ ...maps[i], ...one })),
    threshold,
    foregroundShare: countOnes(mask) / mask.length,
    secondPca,
    recipe: fittedRecipe({
      ...(model === undefined ? {} : { model }),
      rules,
      firstPca: map.firstPca,
      range,
      split,
      secondPca,
      colours,
    }),
  };
}

/** @throws ArgumentError when it is no number from 0 to 1 */
export function checkThreshold(threshold: unknown): asserts threshold is number {
  if (!(typeof threshold === "number" && threshold >= 0 && threshold <= 1))
    throw new ArgumentError("threshold", `is ${threshold}: give a number from 0 to 1`);
}

/** Turns axes and scores whose sign, which is free, runs against the map's own. */
function keepSigns({ components }: Pca, scores: Float32Array, own: Float32Array): void {
  const products = [0, 0, 0];
  for (let i = 0; i < scores.length; i++) products[i % 3] += scores[i] * own[i];
  products.forEach((product, axis) => {
    if (product >= 0) return;
    for (let i = axis; i < scores.length; i += 3) scores[i] = -scores[i];
    for (let i = axis * components.cols; i < (axis + 1) * components.cols; i++)
      components.data[i] = -components.data[i];
  });
}
