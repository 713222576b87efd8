/**
 * Which numbers an ONNX file expects for a picture's levels. Some files normalise inside, with their first operators,
 * and a picture that is normalised before them is then normalised twice. What those operators do is measured, whatever
 * they are: they run on five plain pictures, and the numbers that reach the first convolution say what became of them.
 */
import type { Triple } from "../../image/transform.js";
import type { Tensor } from "../../runtime/tensor.js";
import { isConvolution } from "./features.js";
import type { GraphIndex } from "./graph-index.js";

/** Levels as parts of 1, as they are, between -1 and 1, or with the data set's mean and deviation taken out. */
export type InputRange = "0 to 1" | "0 to 255" | "-1 to 1" | "normalised";

/** What a file's first operators make of its input, channel by channel: (x - mean) / std. */
export interface InputNormalisation {
  mean: Triple;
  std: Triple;
  /** what the input then must be, where mean and std tell */
  range?: InputRange;
  /** whether mean is that of ImageNet with blue first */
  blueFirst: boolean;
}

/**
 * The value that the first convolution takes, or the first step into 8 bits.
 *
 * @returns undefined when that is the input itself, which then is not normalised inside, or nothing
 */
export function firstLayerInput(index: GraphIndex, input: string): string | undefined {
  const seen = new Set<string>([input]);
  // a set goes on over what is added to it on the way
  for (const value of seen)
    for (const taker of index.takersOf(value)) {
      if (isConvolution(taker.op) || /^(Dynamic)?QuantizeLinear$/.test(taker.op))
        return value === input ? undefined : value;
      for (const output of taker.outputs) seen.add(output);
    }
  return undefined;
}

/** Plain pictures by their red, green and blue; all numbers are within every range. */
export const plainPictures: readonly Triple[] = [
  [0, 0, 0],
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
  [0.25, 0.5, 0.75],
];

/** A batch of the plain pictures, each pixel the same. */
export function plainPixels(height: number, width: number): Float32Array {
  const area = height * width;
  const data = new Float32Array(plainPictures.length * 3 * area);
  for (const [i, level] of plainPictures.flat().entries()) data.fill(level, i * area, (i + 1) * area);
  return data;
}

/**
 * What was done to the plain pictures before the first convolution.
 *
 * @param reached [5, channels, rows, cols], read in its middle, away from padding
 * @returns "nothing" when they came unchanged, "unknown" when it is no scale and shift of each channel alone
 */
export function measureNormalisation({ data, dims }: Tensor<Float32Array>): InputNormalisation | "nothing" | "unknown" {
  const [n, channels, rows, cols] = dims;
  if (dims.length !== 4 || n !== plainPictures.length || !(channels >= 3)) return "unknown";
  const middle = Math.floor(rows / 2) * cols + Math.floor(cols / 2);
  const found: ({ scale: number; shift: number } | undefined)[] = [undefined, undefined, undefined];
  for (let c = 0; c < channels; c++) {
    const levels = plainPictures.map((_, i) => data[(i * channels + c) * rows * cols + middle]);
    const one = oneChannel(levels);
    if (!one) return "unknown";
    const { source, ...affine } = one;
    const known = found[source];
    if (known && !(near(known.scale, affine.scale) && near(known.shift, affine.shift))) return "unknown";
    found[source] = affine;
  }
  if (!found.every((affine) => affine !== undefined)) return "unknown";
  if (found.every(({ scale, shift }) => near(scale, 1) && near(shift, 0))) return "nothing";
  const mean = found.map(({ scale, shift }) => 0 - shift / scale) as unknown as Triple;
  const std = found.map(({ scale }) => 1 / scale) as unknown as Triple;
  const range = rangeOf(mean, std);
  return { mean, std, ...(range ? { range } : {}), blueFirst: isBlueFirst(mean, range) };
}

/** Scale and shift of the one channel that a channel is made of, by what it is for each plain picture. */
function oneChannel(levels: readonly number[]): { source: number; scale: number; shift: number } | undefined {
  const [shift, ...rest] = levels;
  const scales = rest.slice(0, 3).map((level) => level - shift);
  const size = Math.max(...scales.map(Math.abs));
  const source = scales.findIndex((scale) => Math.abs(scale) === size);
  const mixed = scales.some((scale, i) => i !== source && Math.abs(scale) > 1e-3 * size);
  const bent = Math.abs(levels[4] - shift - scales[source] * plainPictures[4][source]) > 1e-2 * size;
  return size > 0 && Number.isFinite(size) && !mixed && !bent ? { source, scale: scales[source], shift } : undefined;
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-3 * Math.max(1, Math.abs(a), Math.abs(b));
}

/**
 * The range in which a picture's own mean lies where the network takes it out: the means of photographs are near the
 * middle of their range, and of normalised ones near 0.
 */
function rangeOf(mean: Triple, std: Triple): InputRange | undefined {
  const all = (test: (mean: number, std: number) => boolean) => mean.every((m, i) => test(m, std[i]));
  // scaled alone
  if (all((m, s) => Math.abs(m) < 1e-3 * Math.abs(s) && s > 200 && s < 300)) return "0 to 255";
  if (all((m, s) => Math.abs(m) < 1e-3 && s > 1 / 300 && s < 1 / 200)) return "0 to 1";
  if (all((m, s) => m > 0.3 && m < 0.7 && s > 0 && s < 1.01)) return "0 to 1";
  if (all((m, s) => m > 76 && m < 179 && s > 0 && s < 256)) return "0 to 255";
  if (all((m, s) => Math.abs(m) < 0.6 && s > 0.6 && s < 3)) return "normalised";
  if (all((m, s) => (Math.abs(m + 1) < 0.02 && s > 0) || (m > -0.35 && m < 0.15 && s > 0 && s < 0.6))) return "-1 to 1";
  return undefined;
}

/** ImageNet's mean blue, green, red; red, green, blue have the opposite order. */
const blueGreenRed = [0.406, 0.456, 0.485];

function isBlueFirst(mean: Triple, range: InputRange | undefined): boolean {
  const unit = range === "0 to 255" ? 255 : 1;
  return /^0 to/.test(range ?? "") && mean.every((m, i) => Math.abs(m / unit - blueGreenRed[i]) < 0.015);
}
