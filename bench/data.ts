/** Inputs for the benchmarks: the same numbers on every machine. */
import type { Matrix } from "#dist/core/numeric/matrix.js";
import { normal, seededRandom } from "#dist/core/numeric/random.js";

/** Points around `clusters` centres, as features of a collection lie. */
export function clustered(rows: number, cols: number, clusters = 20, seed = 0): Matrix {
  const random = seededRandom(seed);
  const centres = Float32Array.from({ length: clusters * cols }, () => normal(random));
  const data = new Float32Array(rows * cols);
  for (let i = 0; i < rows; i++) {
    const centre = Math.floor(random() * clusters) * cols;
    for (let j = 0; j < cols; j++) data[i * cols + j] = centres[centre + j] + 0.6 * normal(random);
  }
  return { data, rows, cols };
}

/** The matrix as a list of lists, which some peers take. */
export function listsOf({ data, rows, cols }: Matrix): number[][] {
  return Array.from({ length: rows }, (_, i) => Array.from(data.subarray(i * cols, (i + 1) * cols)));
}
