/** The map that a figure shows, at any threshold: by the core where all is there that made it, else as the page does. */
import type { PatchMap } from "../../core/features/patch-map.js";
import { patchMapAt } from "../../core/features/patch-map-at.js";
import { concatenated } from "../../core/numeric/concatenated.js";
import type { Patches } from "../../core/numeric/matrix.js";
import { type LiveMap, mapAt } from "../live-map.js";
import { leadingComponents } from "../patch-map-data.js";
import type { PatchMapLike } from "../patch-map-figure.js";

/** @param patches those that the map was made from, where they are known */
export async function mapAtThreshold(
  map: PatchMapLike,
  patches: readonly Patches[] | undefined,
  threshold: number,
): Promise<PatchMapLike> {
  if (threshold === map.threshold) return map;
  if (patches && isComplete(map)) return patchMapAt(map, patches, threshold);
  const whole = await wholeMap(map, patches);
  const { mask, rgb, share } = mapAt(whole, threshold);
  let end = 0;
  const maps = map.maps.map((one) => {
    const start = end;
    end += one.mask.length;
    return { ...one, mask: mask.slice(start, end), rgb: rgb.slice(3 * start, 3 * end) };
  });
  return { ...map, maps, threshold, ...("foregroundShare" in map ? { foregroundShare: share } : {}) };
}

function isComplete(map: PatchMapLike): map is PatchMap {
  return map.recipe !== undefined && "firstPca" in map && "secondPca" in map;
}

async function wholeMap(map: PatchMapLike, patches: readonly Patches[] | undefined): Promise<LiveMap> {
  const { maps, threshold, recipe } = map;
  return {
    threshold,
    first: concatenated(maps.map((one) => one.first)),
    mask: Buffer.concat(maps.map((one) => one.mask)),
    rgb: Buffer.concat(maps.map((one) => one.rgb)),
    scores: concatenated(maps.map((one) => one.scores)),
    colours: recipe?.options.colours ?? { rule: "minmax" },
    ...(patches ? { tokens: await leadingComponents(patches, maps, recipe) } : {}),
  };
}
