import type { Matrix } from "./matrix.js";

/** Copies of some rows, in the order given. */
export function takeRows({ data, cols }: Matrix, rows: ArrayLike<number>): Matrix {
  const taken = new Float32Array(rows.length * cols);
  for (let i = 0; i < rows.length; i++) taken.set(data.subarray(rows[i] * cols, (rows[i] + 1) * cols), i * cols);
  return { data: taken, rows: rows.length, cols };
}
