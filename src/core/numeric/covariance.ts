/** Means and covariances of the columns of a matrix, in float64 and without Node: pages compute them too. */
import { ShapeError } from "../errors.js";
import { checkFiniteSteps, checkMatrix, type Matrix } from "./matrix.js";
import { finish, rowRanges, type Steps } from "./steps.js";

export interface Covariance {
  /** mean of each column [cols] */
  mean: Float64Array;
  /** covariance of the columns [cols, cols], divided by nSamples - 1 */
  covariance: Float64Array;
  cols: number;
  nSamples: number;
}

/**
 * The covariance of the columns of `x`. For large matrices `pca` has a faster way; this one takes about a second for
 * 10,000 x 384.
 *
 * @param x samples by features, `rows` >= 2
 * @throws ShapeError when `x` has fewer than 2 rows; NotFiniteError naming the first bad row
 */
export function covariance(x: Matrix): Covariance {
  checkSamples(x, "x");
  const { data, rows, cols } = x;
  const mean = columnMeans(x);
  const sums = new Float64Array(cols * cols);
  const centred = new Float64Array(cols);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) centred[j] = data[i * cols + j] - mean[j];
    for (let j = 0; j < cols; j++) {
      const c = centred[j];
      for (let k = j; k < cols; k++) sums[j * cols + k] += c * centred[k];
    }
  }
  for (let j = 0; j < cols; j++)
    for (let k = j; k < cols; k++) {
      const value = sums[j * cols + k] / (rows - 1);
      sums[j * cols + k] = value;
      sums[k * cols + j] = value;
    }
  return { mean, covariance: sums, cols, nSamples: rows };
}

/**
 * The mean of each column, summed as distances to the first row: a column of equal numbers gets exactly that number.
 *
 * @param x samples by features, `rows` >= 1
 * @throws NotFiniteError naming the first bad row
 */
export function columnMeans(x: Matrix): Float64Array {
  return finish(columnMeansSteps(x));
}

/** `columnMeans`, step by step. */
export function* columnMeansSteps(x: Matrix): Steps<Float64Array> {
  const { data, rows, cols } = x;
  const mean = new Float64Array(cols);
  for (const { from, to } of rowRanges(rows, cols)) {
    for (let i = from * cols; i < to * cols; i += cols) for (let j = 0; j < cols; j++) mean[j] += data[i + j] - data[j];
    yield;
  }
  for (let j = 0; j < cols; j++) mean[j] = data[j] + mean[j] / rows;
  // a bad number anywhere makes its column's sum one: only then is it worth looking for the row
  if (!mean.every(Number.isFinite)) yield* checkFiniteSteps(x, "x");
  return mean;
}

/** @throws ShapeError when `x` is no matrix or has fewer than the 2 rows that a covariance needs */
export function checkSamples(x: Matrix, argument: string): void {
  checkMatrix(x, argument);
  if (x.rows < 2)
    throw new ShapeError(
      argument,
      `has ${x.rows === 1 ? "1 row" : "no rows"} where PCA needs 2 or more: give more pictures, or the patches of one`,
    );
}
