/**
 * Foreground and part colours at another threshold. The page runs this file when the slider moves, with the same
 * functions that made the map.
 */
import { type ColourRule, fitColours, paint } from "../core/features/colours.js";
import { maskAbove } from "../core/features/foreground.js";
import { maskedRows, spreadRows } from "../core/features/mask.js";
import { covariance } from "../core/numeric/covariance.js";
import type { Matrix } from "../core/numeric/matrix.js";
import { pcaFromCovariance, projectPoints } from "../core/numeric/principal.js";
import { maskShare } from "./layers.js";

/** A patch map of several pictures, their patches behind each other. */
export interface LiveMap {
  /** the threshold that the map was made with */
  threshold: number;
  /** first component [patches] */
  first: Float32Array;
  /** the map's own foreground [patches] */
  mask: Uint8Array;
  /** the map's own scores [patches, 3], 0 in its background */
  scores: Float32Array;
  /** the map's own colours [patches, 3] */
  rgb: Uint8Array;
  colours: ColourRule;
  /** the leading coordinates of the patch vectors [patches, few], where the page has them */
  tokens?: Matrix;
}

export interface LiveResult {
  /** [patches] */
  mask: Uint8Array;
  /** [patches, 3] */
  rgb: Uint8Array;
  /** foreground patches as a share of all */
  share: number;
}

/** What a patch without scores is painted with: neither a part's colour nor nothing. */
const grey = 140;

/**
 * The map at another threshold. With `tokens` the second step runs again on the new foreground; without them the
 * map's own axes stay, the colours are stretched over the patches that remain, and patches that were background before
 * are grey.
 */
export function mapAt(map: LiveMap, threshold: number): LiveResult {
  if (threshold === map.threshold) return { mask: map.mask, rgb: map.rgb, share: maskShare(map.mask) };
  const mask = maskAbove(map.first, threshold);
  const rgb = (map.tokens && secondStep(map, map.tokens, mask)) ?? sameAxes(map, mask);
  return { mask, rgb, share: maskShare(mask) };
}

/** Undefined where too few patches are left for three components. */
function secondStep(map: LiveMap, tokens: Matrix, mask: Uint8Array): Uint8Array | undefined {
  const foreground = maskedRows(tokens, mask);
  if (foreground.rows < 4) return undefined;
  const scores = spreadRows(project(foreground), mask).data;
  alignSigns(scores, map.scores);
  return paint(scores, mask, fitColours(scores, mask, map.colours));
}

function project(foreground: Matrix): Matrix {
  try {
    return projectPoints(pcaFromCovariance(covariance(foreground), { nComponents: 3 }), foreground);
  } catch {
    const { rows } = foreground;
    return { data: new Float32Array(rows * 3), rows, cols: 3 }; // all alike: one colour
  }
}

function sameAxes({ scores, mask: before, colours }: LiveMap, mask: Uint8Array): Uint8Array {
  const known = mask.map((on, i) => on & before[i]);
  const rgb = paint(scores, known, fitColours(scores, known, colours));
  mask.forEach((on, i) => {
    if (on && !before[i]) rgb.fill(grey, 3 * i, 3 * i + 3);
  });
  return rgb;
}

/** A component's sign is free: it follows the map's own, so that colours do not jump while the slider moves. */
function alignSigns(scores: Float32Array, reference: Float32Array): void {
  const products = [0, 0, 0];
  for (let i = 0; i < scores.length; i++) products[i % 3] += scores[i] * reference[i];
  for (let i = 0; i < scores.length; i++) if (products[i % 3] < 0) scores[i] = -scores[i];
}
