/** From the three scores of a patch to red, green and blue. Without Node: pages paint again when the mask moves. */
import { ArgumentError } from "../errors.js";
import { quantile } from "../numeric/quantile.js";

/**
 * "minmax": each component's scores between two percentiles run from 0 to 255.
 * "sigmoid": scores over their deviation, through 1 / (1 + exp(-2 z)), as the notebooks of DINOv3 colour them.
 */
export type ColourRule =
  | { readonly rule: "minmax"; readonly percentiles?: readonly [low: number, high: number] }
  | { readonly rule: "sigmoid" };

/** A colour rule fitted to scores: three numbers each. A component without variety is mid-grey in its channel. */
export type ColourScale = { rule: "minmax"; low: number[]; high: number[] } | { rule: "sigmoid"; deviation: number[] };

const channels = 3;

/** A component whose spread is this share of the widest one's is rounding, and is not stretched to full colour. */
const flatShare = 1e-5;

/** @throws ArgumentError when the rule is none of those known or its percentiles are not 0 <= low < high <= 100 */
export function checkColourRule(colours: ColourRule): void {
  if (colours?.rule !== "minmax" && colours?.rule !== "sigmoid")
    throw new ArgumentError("colours", `have no known rule: give { rule: "minmax" } or { rule: "sigmoid" }`);
  if (colours.rule !== "minmax" || colours.percentiles === undefined) return;
  const [low, high] = colours.percentiles;
  if (!(low >= 0 && low < high && high <= 100))
    throw new ArgumentError("colours.percentiles", `are ${low} and ${high}: give 0 <= low < high <= 100`);
}

/**
 * Fits a colour rule to the scores of the foreground.
 *
 * @param scores three numbers a patch
 * @param mask 1 where a patch counts; others are left out
 * @throws ArgumentError when the rule is none of those known or its percentiles are not 0 <= low < high <= 100
 */
export function fitColours(scores: Float32Array, mask: Uint8Array, colours: ColourRule): ColourScale {
  checkColourRule(colours);
  const columns = Array.from({ length: channels }, (_, c) => column(scores, mask, c));
  if (colours.rule === "sigmoid") return { rule: "sigmoid", deviation: unlessFlat(columns.map(deviation)) };
  const [lower, upper] = colours.percentiles ?? [1, 99];
  const ordered = columns.map((values) => values.sort());
  const low = ordered.map((values) => percentile(values, lower));
  const widths = unlessFlat(ordered.map((values, c) => percentile(values, upper) - low[c]));
  return { rule: "minmax", low, high: low.map((l, c) => l + widths[c]) };
}

/**
 * @param scores three numbers a patch
 * @param mask 1 where a patch is painted; others stay black
 * @returns three bytes a patch
 */
export function paint(scores: Float32Array, mask: Uint8Array, scale: ColourScale): Uint8Array {
  const rgb = new Uint8Array(scores.length);
  for (let i = 0; i < scores.length; i++)
    if (mask[Math.floor(i / channels)] === 1) rgb[i] = Math.round(255 * share(scores[i], i % channels, scale));
  return rgb;
}

function share(score: number, channel: number, scale: ColourScale): number {
  if (scale.rule === "sigmoid") {
    const deviation = scale.deviation[channel];
    return deviation > 0 ? 1 / (1 + Math.exp((-2 * score) / deviation)) : 0.5;
  }
  const low = scale.low[channel];
  const width = scale.high[channel] - low;
  return width > 0 ? Math.min(1, Math.max(0, (score - low) / width)) : 0.5;
}

function column(scores: Float32Array, mask: Uint8Array, channel: number): Float32Array {
  return scores.filter((_, i) => i % channels === channel && mask[Math.floor(i / channels)] === 1);
}

/** The standard deviation about 0, which is the mean of PCA scores. */
function deviation(values: Float32Array): number {
  const squares = values.reduce((sum, v) => sum + v * v, 0);
  return Math.sqrt(squares / Math.max(1, values.length - 1));
}

function percentile(ordered: Float32Array, percent: number): number {
  return ordered.length === 0 ? 0 : quantile(ordered, percent / 100);
}

function unlessFlat(spreads: number[]): number[] {
  const least = flatShare * Math.max(...spreads);
  return spreads.map((s) => (s > least ? s : 0));
}
