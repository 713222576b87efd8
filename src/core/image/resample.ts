/**
 * One-dimensional resampling of 8-bit RGB rows and columns, level for level as Pillow does it: weights in fixed point
 * with 22 bits, widened by the scale when a picture shrinks (antialiasing), each pass rounded to 8 bits.
 *
 * @see https://github.com/python-pillow/Pillow/blob/main/src/libImaging/Resample.c
 */

import { columnsBySimd, rowsBySimd } from "./resample-simd.js";

export type Interpolation = "bilinear" | "bicubic";

/** Fractional bits of a weight: 32 less 8 for the pixel and 2 for sums outside 0 to 1. */
const BITS = 22;
const HALF = 1 << (BITS - 1);

interface Filter {
  /** half the width of the filter in pixels, before it is widened */
  readonly support: number;
  weight(x: number): number;
}

/** Keys' cubic with a = -0.5, the one Pillow uses; OpenCV and PyTorch without antialiasing have -0.75. */
const filters: Record<Interpolation, Filter> = {
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: {
    support: 2,
    weight(x) {
      const t = Math.abs(x);
      if (t < 1) return (1.5 * t - 2.5) * t * t + 1;
      return t < 2 ? (((t - 5) * t + 8) * t - 4) * -0.5 : 0;
    },
  },
};

/** Which input pixels make up the output pixels `from` to `to`, and with which weights. */
export interface Taps {
  /** first input pixel of each output pixel */
  first: Int32Array;
  /** number of input pixels of each output pixel */
  count: Int32Array;
  /** `stride` weights an output pixel, of which `count` are used, in units of 2^-22 */
  weights: Int32Array;
  stride: number;
  /** the range [start, end) of input pixels that all of them together need */
  start: number;
  end: number;
}

/** The weights that take `inSize` pixels to `outSize`, for the output pixels in [from, to). */
export function taps(inSize: number, outSize: number, from: number, to: number, interpolation: Interpolation): Taps {
  const { support, weight } = filters[interpolation];
  const scale = inSize / outSize;
  const widening = Math.max(1, scale);
  const reach = support * widening;
  const stride = Math.ceil(reach) * 2 + 1;
  const n = to - from;
  const result = { first: new Int32Array(n), count: new Int32Array(n), weights: new Int32Array(n * stride), stride };
  const w = new Float64Array(stride);
  for (let i = 0; i < n; i++) {
    const centre = (from + i + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - reach + 0.5));
    const count = Math.min(inSize, Math.trunc(centre + reach + 0.5)) - first;
    let sum = 0;
    for (let j = 0; j < count; j++) {
      w[j] = weight((j + first - centre + 0.5) / widening);
      sum += w[j];
    }
    for (let j = 0; j < count; j++) result.weights[i * stride + j] = fixedPoint(w[j] / sum);
    result.first[i] = first;
    result.count[i] = count;
  }
  return { ...result, start: result.first[0], end: result.first[n - 1] + result.count[n - 1] };
}

function fixedPoint(weight: number): number {
  const x = weight * 2 ** BITS;
  return Math.trunc(x < 0 ? x - 0.5 : x + 0.5);
}

/** A rectangle of a picture with its pixels, RGB: what a pass reads or writes. */
export interface Tile {
  data: Uint8Array;
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Fills rows [from, to) of `output`, counted from its top, with the input's rows resampled from left to right. */
export function resampleRows(input: Tile, output: Tile, t: Taps, from: number, to: number): void {
  if (rowsBySimd(input, output, t, from, to)) return;
  const { data: source } = input;
  const { data: target, width } = output;
  const { first, count, weights, stride } = t;
  for (let y = from; y < to; y++) {
    const rowStart = (y + output.top - input.top) * input.width - input.left;
    let o = y * width * 3;
    for (let x = 0; x < width; x++) {
      let p = (rowStart + first[x]) * 3;
      let r = HALF;
      let g = HALF;
      let b = HALF;
      const end = x * stride + count[x];
      for (let k = x * stride; k < end; k++, p += 3) {
        const weight = weights[k];
        r = (r + source[p] * weight) | 0;
        g = (g + source[p + 1] * weight) | 0;
        b = (b + source[p + 2] * weight) | 0;
      }
      target[o++] = clip(r >> BITS);
      target[o++] = clip(g >> BITS);
      target[o++] = clip(b >> BITS);
    }
  }
}

/** Fills rows [from, to) of `output`, counted from its top, with the input's columns resampled from top to bottom. */
export function resampleColumns(input: Tile, output: Tile, t: Taps, from: number, to: number): void {
  if (columnsBySimd(input, output, t, from, to)) return;
  const { data: target } = output;
  const length = output.width * 3;
  const sums = new Int32Array(length);
  for (let y = from; y < to; y++) {
    sums.fill(HALF);
    const rows = t.count[y];
    for (let k = 0; k < rows; k += 4) addRows(sums, input, output, t, y, k, Math.min(4, rows - k));
    let o = y * length;
    for (let i = 0; i < length; i++) target[o++] = clip(sums[i] >> BITS);
  }
}

/**
 * Adds input rows k to k + n - 1 of the output row y, n from 1 to 4: taken together, since reading and writing the
 * sums takes longer than the products.
 */
function addRows(sums: Int32Array, input: Tile, output: Tile, t: Taps, y: number, k: number, n: number): void {
  const { data } = input;
  const w = y * t.stride + k;
  const step = input.width * 3;
  const p = ((t.first[y] + k - input.top) * input.width + output.left - input.left) * 3;
  // a row that is not there counts as the first one, times nothing
  const [w0, w1, w2, w3] = [0, 1, 2, 3].map((i) => (i < n ? t.weights[w + i] : 0));
  const [p1, p2, p3] = [1, 2, 3].map((i) => (i < n ? i * step : 0));
  for (let i = 0, at = p; i < sums.length; i++, at++)
    sums[i] +=
      Math.imul(data[at], w0) +
      Math.imul(data[at + p1], w1) +
      Math.imul(data[at + p2], w2) +
      Math.imul(data[at + p3], w3);
}

function clip(level: number): number {
  return level < 0 ? 0 : Math.min(level, 255);
}
