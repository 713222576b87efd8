/**
 * Coordinates in which rows have mean 0, variance 1 and no covariance. They are the principal components, each divided
 * by its deviation; directions in which the rows do not vary are left out.
 */
import { DegenerateDataError } from "../errors.js";
import { columnMeansSteps } from "../numeric/covariance.js";
import { inTurns } from "../numeric/in-turns.js";
import type { Matrix } from "../numeric/matrix.js";
import { addProducts, dot } from "../numeric/orthonormal.js";
import { covarianceOf, projectPca } from "../numeric/pca.js";
import type { Pca } from "../numeric/principal.js";
import { rowRanges, type Steps } from "../numeric/steps.js";
import { type Eigenpairs, symmetricEigenpairSteps } from "../numeric/tridiagonal.js";

export interface Whitening {
  /** the directions, each of length 1 and all at right angles */
  readonly axes: Pca;
  /** [axes], the rows' standard deviation along each; above zero */
  readonly deviations: Float64Array;
}

/** A variance that is a smaller share of the largest than this is the rounding of float32 numbers. */
const leastShare = 1e-12;

/**
 * @param x [rows, cols], finite
 * @throws DegenerateDataError when all rows are equal, to within the rounding of float32
 */
export async function fitWhitening(x: Matrix, signal?: AbortSignal): Promise<Whitening> {
  const mean = await inTurns(columnMeansSteps(x), signal);
  if (!(await inTurns(variesSteps(x, mean), signal)))
    throw new DegenerateDataError(
      "vectors",
      "has rows that are all equal, so that nothing tells the classes apart: give rows that differ",
    );
  const pairs = x.rows < x.cols ? await inTurns(fewRows(x, mean), signal) : await manyRows(x, signal);
  const axes = axesOf(pairs, mean, x);
  const deviations = await inTurns(deviationsSteps(await projectPca(axes, x, signal ? { signal } : {})), signal);
  const least = Math.sqrt(leastShare) * deviations.reduce((most, d) => Math.max(most, d), 0);
  return withAxes(
    { axes, deviations },
    Array.from(deviations.keys()).filter((k) => deviations[k] > least),
  );
}

function* variesSteps({ data, rows, cols }: Matrix, mean: Float64Array): Steps<boolean> {
  for (const { from, to } of rowRanges(rows, cols)) {
    for (let i = from * cols; i < to * cols; i++)
      if (Math.abs(data[i] - data[i % cols]) > 1e-6 * Math.abs(mean[i % cols])) return true;
    yield;
  }
  return false;
}

async function manyRows(x: Matrix, signal?: AbortSignal): Promise<Eigenpairs> {
  const { covariance, cols } = await covarianceOf(x, signal);
  return inTurns(symmetricEigenpairSteps(covariance, cols, cols), signal);
}

/** From the products of the rows, which are fewer than the columns: where X Xᵀ u = s² u, the axis is Xᵀ u / s. */
function* fewRows({ data, rows, cols }: Matrix, mean: Float64Array): Steps<Eigenpairs> {
  const centred = Float64Array.from(data, (v, i) => v - mean[i % cols]);
  const products = new Float64Array(rows * rows);
  for (const { from, to } of rowRanges(rows, rows * cols)) {
    addProducts(products, centred, rows, centred, cols, from, to);
    yield;
  }
  const { values, vectors } = yield* symmetricEigenpairSteps(products, rows, rows);
  const kept = values.findLastIndex((v) => v > leastShare * values[0]) + 1;
  const axes = new Float64Array(kept * cols);
  for (let k = 0; k < kept; k++) {
    for (let i = 0; i < rows; i++) {
      const weight = vectors[k * rows + i] / Math.sqrt(values[k]);
      for (let j = 0; j < cols; j++) axes[k * cols + j] += weight * centred[i * cols + j];
    }
    yield;
  }
  return { values: values.subarray(0, kept).map((v) => v / (rows - 1)), vectors: axes };
}

function axesOf({ values, vectors }: Eigenpairs, mean: Float64Array, { rows, cols }: Matrix): Pca {
  const variances = values.map((v) => Math.max(0, v));
  const total = variances.reduce((sum, v) => sum + v, 0);
  return {
    mean: Float32Array.from(mean),
    components: { data: Float32Array.from(vectors), rows: values.length, cols },
    explainedVariance: Float32Array.from(variances),
    explainedVarianceRatio: Float32Array.from(variances, (v) => v / total),
    nSamples: rows,
  };
}

/** Not the roots of the eigenvalues: those of a covariance in float32 are wrong where they are small. */
function* deviationsSteps({ data, rows, cols }: Matrix): Steps<Float64Array> {
  const squares = new Float64Array(cols);
  for (const { from, to } of rowRanges(rows, cols)) {
    for (let i = from * cols; i < to * cols; i += cols) for (let j = 0; j < cols; j++) squares[j] += data[i + j] ** 2;
    yield;
  }
  return squares.map((sum) => Math.sqrt(sum / rows));
}

function withAxes({ axes, deviations }: Whitening, kept: readonly number[]): Whitening {
  const { data, cols } = axes.components;
  const chosen = new Float32Array(kept.length * cols);
  kept.forEach((k, to) => {
    chosen.set(data.subarray(k * cols, (k + 1) * cols), to * cols);
  });
  return {
    axes: {
      ...axes,
      components: { data: chosen, rows: kept.length, cols },
      explainedVariance: Float32Array.from(kept, (k) => axes.explainedVariance[k]),
      explainedVarianceRatio: Float32Array.from(kept, (k) => axes.explainedVarianceRatio[k]),
    },
    deviations: Float64Array.from(kept, (k) => deviations[k]),
  };
}

/** Rows in these coordinates, with a last column of ones: [rows, axes + 1]. */
export async function whiten({ axes, deviations }: Whitening, x: Matrix, signal?: AbortSignal): Promise<Matrix> {
  const scores = await projectPca(axes, x, signal ? { signal } : {});
  return inTurns(dividedSteps(scores, deviations), signal);
}

function* dividedSteps({ data, rows, cols }: Matrix, deviations: Float64Array): Steps<Matrix> {
  const out = new Float32Array(rows * (cols + 1)).fill(1);
  for (const { from, to } of rowRanges(rows, cols)) {
    for (let i = from; i < to; i++)
      for (let j = 0; j < cols; j++) out[i * (cols + 1) + j] = data[i * cols + j] / deviations[j];
    yield;
  }
  return { data: out, rows, cols: cols + 1 };
}

/**
 * What gives the same scores of the rows as they were.
 *
 * @param weights [count, axes + 1], the last of each row that of the ones
 */
export function* unwhitenSteps(
  { axes: { components, mean }, deviations }: Whitening,
  weights: Float64Array,
): Steps<{ weights: Matrix; bias: Float32Array }> {
  const { data: axes, rows: count, cols } = components;
  const classes = weights.length / (count + 1);
  const means = Float64Array.from(mean);
  const out = new Float32Array(classes * cols);
  const bias = new Float32Array(classes);
  const row = new Float64Array(cols);
  for (let c = 0; c < classes; c++) {
    const at = c * (count + 1);
    row.fill(0);
    for (let k = 0; k < count; k++) {
      const w = weights[at + k] / deviations[k];
      for (let j = 0; j < cols; j++) row[j] += w * axes[k * cols + j];
    }
    out.set(row, c * cols);
    bias[c] = weights[at + count] - dot(row, 0, means, 0, cols);
    yield;
  }
  return { weights: { data: out, rows: classes, cols }, bias };
}
