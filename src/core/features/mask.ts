/** Masks over rows: one number a row, 1 where it is kept and 0 where not. Without Node: pages use them too. */
import { ShapeError } from "../errors.js";
import type { Matrix } from "../numeric/matrix.js";

/** How many rows the mask keeps. */
export function countOnes(mask: Uint8Array): number {
  let ones = 0;
  for (const on of mask) if (on) ones++;
  return ones;
}

/**
 * The rows that the mask keeps, in their order, as a new matrix [ones, cols].
 *
 * @param mask one number a row of `m`
 * @throws ShapeError when mask and matrix differ in their rows
 */
export function maskedRows(m: Matrix, mask: Uint8Array): Matrix {
  if (mask.length !== m.rows) throw new ShapeError("mask", `has ${mask.length} entries where there are ${m.rows} rows`);
  const { data, cols } = m;
  const rows = countOnes(mask);
  const out = new Float32Array(rows * cols);
  let to = 0;
  mask.forEach((on, i) => {
    if (!on) return;
    out.set(data.subarray(i * cols, (i + 1) * cols), to);
    to += cols;
  });
  return { data: out, rows, cols };
}

/**
 * The inverse of `maskedRows`: its rows back at their places among all, the others 0, as a new matrix
 * [mask.length, cols].
 *
 * @param m one row for each 1 of the mask
 * @throws ShapeError when the mask has more or fewer ones than there are rows
 */
export function spreadRows(m: Matrix, mask: Uint8Array): Matrix {
  const ones = countOnes(mask);
  if (ones !== m.rows) throw new ShapeError("mask", `keeps ${ones} rows where there are ${m.rows}`);
  const { data, cols } = m;
  const out = new Float32Array(mask.length * cols);
  let from = 0;
  mask.forEach((on, i) => {
    if (!on) return;
    out.set(data.subarray(from, from + cols), i * cols);
    from += cols;
  });
  return { data: out, rows: mask.length, cols };
}
