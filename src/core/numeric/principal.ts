/** Principal components as a record, and what needs no Node: from a covariance, and the projection of points. */
import { ArgumentError, DegenerateDataError, ShapeError } from "../errors.js";
import type { Covariance } from "./covariance.js";
import { leadingEigenpairSteps } from "./eigen.js";
import { checkFinite, checkMatrix, type Matrix } from "./matrix.js";
import { finish, type Steps } from "./steps.js";

/** A fitted principal component analysis. */
export interface Pca {
  /** mean of the samples [cols] */
  mean: Float32Array;
  /** orthonormal axes [nComponents, cols], the largest-magnitude entry of each positive (the first one of equals) */
  components: Matrix;
  /** variance along each axis [nComponents], divided by nSamples - 1 */
  explainedVariance: Float32Array;
  /** the same as a share of the variance of all columns */
  explainedVarianceRatio: Float32Array;
  /** samples that it was fitted on */
  nSamples: number;
}

export interface AxesOptions {
  /** how many axes to keep @default 3 */
  readonly nComponents?: number;
  /** start of the iteration: same seed, same bytes @default 0 */
  readonly seed?: number;
}

export interface ProjectOptions {
  /** divide each score by its standard deviation, so that each component has variance 1 @default false */
  readonly whiten?: boolean;
}

/**
 * Principal components from a covariance, for code that runs in a page or has its covariance already.
 *
 * @throws ShapeError when nComponents > min(nSamples, cols)
 * @throws DegenerateDataError when the samples are all equal, to within the rounding of float32
 */
export function pcaFromCovariance(source: Covariance, options: AxesOptions = {}): Pca {
  return finish(pcaSteps(source, options));
}

/** `pcaFromCovariance`, step by step. */
export function* pcaSteps(source: Covariance, options: AxesOptions = {}): Steps<Pca> {
  const { nComponents = 3, seed = 0 } = options;
  const { mean, covariance, cols, nSamples } = source;
  checkComponents(nComponents, nSamples, cols);
  const total = totalVariance(source);
  const { values, vectors } = yield* leadingEigenpairSteps(covariance, cols, nComponents, { seed });
  // rounding can leave an eigenvalue of 0 slightly negative
  const variances = values.map((v) => Math.max(0, v));
  return {
    mean: Float32Array.from(mean),
    components: signed({ data: Float32Array.from(vectors), rows: nComponents, cols }),
    explainedVariance: Float32Array.from(variances),
    explainedVarianceRatio: Float32Array.from(variances, (v) => v / total),
    nSamples,
  };
}

/** @throws ShapeError when that many components cannot be had from a matrix of this size */
export function checkComponents(nComponents: number, rows: number, cols: number): void {
  const most = Math.min(rows, cols);
  if (!Number.isInteger(nComponents) || nComponents < 1)
    throw new ArgumentError("nComponents", `is ${nComponents}: give a whole number from 1 to ${most}`);
  if (nComponents > most)
    throw new ShapeError(
      "nComponents",
      `is ${nComponents} where ${rows} rows of ${cols} numbers give ${most} at most: ask for fewer or give more rows`,
    );
}

/**
 * The coordinates of the rows of `x` along the components, computed at once in the calling thread. `projectPca` is
 * the same for matrices of any size.
 *
 * @param x samples by features; `cols` as the PCA was fitted on
 * @returns scores [x.rows, nComponents]; whitened scores of an axis without variance are 0
 * @throws ShapeError when x.cols is another number than the PCA's; NotFiniteError naming the first bad row
 */
export function projectPoints(pca: Pca, x: Matrix, options: ProjectOptions = {}): Matrix {
  checkProjection(pca, x);
  const { data, rows, cols } = x;
  const { mean, components } = pca;
  const axes = components.data;
  const count = components.rows;
  const scores = new Float32Array(rows * count);
  const centred = new Float64Array(cols);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) centred[j] = data[i * cols + j] - mean[j];
    for (let k = 0; k < count; k++) {
      let sum = 0;
      for (let j = 0, at = k * cols; j < cols; j++) sum += centred[j] * axes[at + j];
      scores[i * count + k] = sum;
    }
  }
  if (options.whiten) whitenScores(scores, pca);
  return { data: scores, rows, cols: count };
}

/** @throws ShapeError or NotFiniteError when the rows of `x` cannot be projected */
export function checkProjection(pca: Pca, x: Matrix): void {
  checkMatrix(x, "x");
  if (x.cols !== pca.components.cols)
    throw new ShapeError(
      "x",
      `has ${x.cols} columns where the PCA was fitted on ${pca.components.cols}: use vectors of the same model`,
    );
  checkFinite(x, "x");
}

/** Divides the scores by their components' standard deviations, in place. */
export function whitenScores(scores: Float32Array, pca: Pca): void {
  const variances = pca.explainedVariance;
  const least = 1e-12 * variances[0];
  const factors = Float64Array.from(variances, (v) => (v > least ? 1 / Math.sqrt(v) : 0));
  for (let i = 0; i < scores.length; i++) scores[i] *= factors[i % factors.length];
}

/** Float32 rounds to 6e-8 of a number, which alone makes a variance of some 1e-15 of its square. */
const roundingVariance = 1e-14;

function totalVariance({ mean, covariance, cols }: Covariance): number {
  let total = 0;
  let square = 0;
  for (let j = 0; j < cols; j++) {
    total += covariance[j * cols + j];
    square += mean[j] * mean[j];
  }
  if (!(total > roundingVariance * square))
    throw new DegenerateDataError("x", "has rows that are all equal: PCA needs rows that differ");
  return total;
}

function signed(components: Matrix): Matrix {
  const { data, rows, cols } = components;
  for (let k = 0; k < rows; k++) {
    const axis = data.subarray(k * cols, (k + 1) * cols);
    let largest = 0;
    for (let j = 1; j < cols; j++) if (Math.abs(axis[j]) > Math.abs(axis[largest])) largest = j;
    if (axis[largest] < 0) for (let j = 0; j < cols; j++) axis[j] = -axis[j];
  }
  return components;
}
