/** Inputs for the benchmarks: the same numbers on every machine. */
import type { LabelledRows } from "#dist/core/classify/head.js";
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

/**
 * Labelled rows as a backbone's features lie: a spectrum that falls as a power, a common mean, and classes that differ
 * most where the features vary most, so that their own variation hides some of them.
 */
export function labelledFeatures(rows: number, cols: number, classes: number, seed = 0): LabelledRows {
  const random = seededRandom(seed);
  const deviations = Float64Array.from({ length: cols }, (_, j) => (1 + j) ** -0.7);
  const means = Float64Array.from({ length: classes * cols }, (_, i) => {
    const j = i % cols;
    return 1.2 * (1 + j) ** -0.5 * deviations[j] * normal(random);
  });
  const common = Float64Array.from({ length: cols }, () => 0.15 * normal(random));
  const mirrors = Array.from({ length: 4 }, () => unit(Float64Array.from({ length: cols }, () => normal(random))));
  const indices = Int32Array.from({ length: rows }, () => Math.floor(random() * classes));
  const data = new Float32Array(rows * cols);
  const row = new Float64Array(cols);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) row[j] = means[indices[i] * cols + j] + deviations[j] * normal(random);
    for (const mirror of mirrors) reflect(row, mirror);
    for (let j = 0; j < cols; j++) data[i * cols + j] = row[j] + common[j];
  }
  const names = Array.from({ length: classes }, (_, c) => `class ${c}`);
  return { vectors: { data, rows, cols }, labels: { classes: names, indices } };
}

function unit(vector: Float64Array): Float64Array {
  const length = Math.hypot(...vector);
  return vector.map((v) => v / length);
}

/** Turns the directions, of which each had a column of its own, without a matrix of cols x cols numbers. */
function reflect(row: Float64Array, mirror: Float64Array): void {
  let along = 0;
  for (let j = 0; j < row.length; j++) along += row[j] * mirror[j];
  for (let j = 0; j < row.length; j++) row[j] -= 2 * along * mirror[j];
}
