/** Which patches are object and which are ground, from one score a patch. Without Node: pages move the threshold. */
import { ArgumentError } from "../errors.js";
import { countOnes } from "./mask.js";
import { otsuThreshold } from "./otsu.js";

/** The patch grid of one image. */
export interface Grid {
  /** patches from top to bottom */
  rows: number;
  /** patches from left to right */
  cols: number;
}

export interface ScoreRange {
  low: number;
  high: number;
}

/** Otsu's threshold, the place of score 0 (the mean of all patches), or a number on the 0..1 scale. */
export type ThresholdRule = "otsu" | "zero" | number;

/** The side of the threshold that touches image borders less, or the high or the low scores. */
export type ForegroundRule = "border" | "high" | "low";

/** A split of all patches into foreground and background. */
export interface Separation {
  /** scores on a scale of 0..1 on which the foreground is high */
  first: Float32Array;
  /** 1 where `first` > threshold */
  mask: Uint8Array;
  threshold: number;
  /** true when low scores are the foreground: `first` then runs against the scores */
  flipped: boolean;
}

export function scoreRange(scores: Float32Array): ScoreRange {
  let low = Infinity;
  let high = -Infinity;
  for (const s of scores) {
    if (s < low) low = s;
    if (s > high) high = s;
  }
  return { low, high };
}

/** Brings scores to 0..1, `low` to 0 and `high` to 1 or, flipped, the other way; scores outside are cut. */
export function scaleToUnit(scores: Float32Array, { low, high }: ScoreRange, flipped = false): Float32Array {
  const width = high - low;
  return scores.map((s) => Math.min(1, Math.max(0, (flipped ? high - s : s - low) / width)));
}

/** 1 where the value is above the threshold. */
export function maskAbove(values: Float32Array, threshold: number): Uint8Array {
  return Uint8Array.from(values, (v) => (v > threshold ? 1 : 0));
}

/** The share of the mask's patches that lie on the border of their image; 1 for an empty mask. */
export function borderShare(mask: Uint8Array, grids: readonly Grid[]): number {
  let inside = 0;
  let onBorder = 0;
  let at = 0;
  for (const { rows, cols } of grids)
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < cols; c++) {
        if (mask[at++] === 0) continue;
        inside++;
        if (r === 0 || c === 0 || r === rows - 1 || c === cols - 1) onBorder++;
      }
  return inside === 0 ? 1 : onBorder / inside;
}

/** @throws ArgumentError when a rule is none of those known, or a threshold lies outside 0..1 */
export function checkRules(threshold: ThresholdRule, foreground: ForegroundRule): void {
  const known = threshold === "otsu" || threshold === "zero" || (threshold >= 0 && threshold <= 1);
  if (!known) throw new ArgumentError("threshold", `is ${threshold}: give "otsu", "zero" or a number from 0 to 1`);
  if (!["border", "high", "low"].includes(foreground))
    throw new ArgumentError("foreground", `is "${foreground}": give "border", "high" or "low"`);
}

/**
 * Splits patches by one score each. Turning all scores' signs changes nothing under the rule "border".
 *
 * @param scores one number a patch, image after image, not all equal
 * @param grids the images' sizes, in the same order
 * @throws ArgumentError when a rule is none of those known, or a threshold lies outside 0..1
 */
export function separate(
  scores: Float32Array,
  grids: readonly Grid[],
  threshold: ThresholdRule,
  foreground: ForegroundRule,
): Separation {
  checkRules(threshold, foreground);
  const side = (flipped: boolean) => oneSide(scores, threshold, flipped);
  if (foreground !== "border") return side(foreground === "low");
  const [high, low] = [side(false), side(true)];
  const difference = borderShare(high.mask, grids) - borderShare(low.mask, grids);
  // where both touch alike, as in grids that are all border, objects are taken to be the smaller part
  return (difference || countOnes(high.mask) - countOnes(low.mask)) <= 0 ? high : low;
}

function oneSide(scores: Float32Array, rule: ThresholdRule, flipped: boolean): Separation {
  const range = scoreRange(scores);
  const first = scaleToUnit(scores, range, flipped);
  const threshold =
    rule === "otsu"
      ? otsuThreshold(first)
      : rule === "zero"
        ? scaleToUnit(Float32Array.of(0), range, flipped)[0]
        : rule;
  return { first, mask: maskAbove(first, threshold), threshold, flipped };
}
