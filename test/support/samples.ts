/** Random matrices and comparisons for numeric tests. */
import assert from "node:assert/strict";
import type { Matrix } from "#dist/core/numeric/matrix.js";
import { normal, seededRandom } from "#dist/core/numeric/random.js";

/** Normal numbers; column j has the deviation `deviation(j)` around `mean`. */
export function normalMatrix(
  rows: number,
  cols: number,
  seed: number,
  { mean = 0, deviation = (j: number) => 1 / (1 + j) } = {},
): Matrix {
  const random = seededRandom(seed);
  const data = Float32Array.from({ length: rows * cols }, (_, i) => mean + deviation(i % cols) * normal(random));
  return { data, rows, cols };
}

/** Fails unless every number is within `tolerance` of the largest expected magnitude. */
export function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  assert.equal(actual.length, expected.length);
  const scale = Array.from(expected).reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  for (let i = 0; i < expected.length; i++)
    assert.ok(
      Math.abs(actual[i] - expected[i]) <= tolerance * scale,
      `entry ${i} is ${actual[i]} where ${expected[i]} is expected, to ${tolerance} of ${scale}`,
    );
}

/** Column k of a row-major array. */
export function column(data: ArrayLike<number>, cols: number, k: number): number[] {
  return Array.from({ length: data.length / cols }, (_, i) => data[i * cols + k]);
}

/** `actual` times 1 or -1, whichever makes it point along `expected`. */
export function alignSign(actual: readonly number[], expected: readonly number[]): number[] {
  const along = actual.reduce((sum, v, i) => sum + v * expected[i], 0);
  return along < 0 ? actual.map((v) => -v) : [...actual];
}
