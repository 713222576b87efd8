/** What the patch map figure's page computes with. */
import { ShapeError } from "../core/errors.js";
import type { Histogram } from "../core/features/histogram.js";
import type { Recipe } from "../core/features/recipe.js";
import { normaliseTokens } from "../core/features/tokens.js";
import { concatenated } from "../core/numeric/concatenated.js";
import { type Matrix, type Patches, stackPatches } from "../core/numeric/matrix.js";
import { pca, projectPca } from "../core/numeric/pca.js";
import { base64 } from "./markup.js";
import { packMatrix } from "./packed.js";
import type { PatchMapData } from "./page-data.js";
import type { PatchMapEntry, PatchMapLike } from "./patch-map-figure.js";

/** Coordinates a patch that a page gets for its own second step. */
export const liveComponents = 12;

/** The few coordinates that say most about the patches, for the page's own second step. */
export async function leadingComponents(
  patches: readonly Patches[],
  maps: readonly PatchMapEntry[],
  recipe: Recipe | undefined,
): Promise<Matrix> {
  if (patches.length < maps.length)
    throw new ShapeError(
      "options.patches",
      `are those of ${patches.length} pictures where the map has ${maps.length}: give those it was made from`,
    );
  const used = patches.slice(0, maps.length);
  used.forEach(({ rows, cols }, i) => {
    if (rows !== maps[i].rows || cols !== maps[i].cols)
      throw new ShapeError(
        `options.patches[${i}]`,
        `has ${rows} x ${cols} patches where the map has ${maps[i].rows} x ${maps[i].cols}: give those it was made from`,
      );
  });
  const tokens = stackPatches(used);
  if (recipe?.options.normalize) normaliseTokens(tokens);
  const basis = await pca(tokens, { nComponents: Math.min(liveComponents, tokens.cols, tokens.rows) });
  return projectPca(basis, tokens);
}

export function pageData(
  maps: readonly PatchMapEntry[],
  { threshold, recipe }: PatchMapLike,
  { edges, counts }: Histogram,
  tokens?: Matrix,
): PatchMapData {
  return {
    threshold,
    edges: Array.from(edges),
    counts: Array.from(counts),
    colours: recipe?.options.colours ?? { rule: "minmax" },
    grids: maps.map(({ rows, cols }) => ({ rows, cols })),
    first: base64(concatenated(maps.map((map) => map.first))),
    mask: Buffer.concat(maps.map((map) => map.mask)).toString("base64"),
    rgb: Buffer.concat(maps.map((map) => map.rgb)).toString("base64"),
    scores: packMatrix(concatenated(maps.map((map) => map.scores)), 3),
    ...(tokens ? { tokens: packMatrix(tokens.data, tokens.cols) } : {}),
  };
}

export function patchCount(maps: readonly PatchMapEntry[]): number {
  return maps.reduce((sum, map) => sum + map.mask.length, 0);
}
