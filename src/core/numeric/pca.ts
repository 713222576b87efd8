/** Principal component analysis of matrices of any size: sums by onnxruntime, eigenvectors in typed arrays. */
import { cellSignal, ofCell } from "../display-hook.js";
import { DegenerateDataError } from "../errors.js";
import { GraphBuilder } from "../runtime/graph.js";
import { type Covariance, checkSamples, columnMeansSteps } from "./covariance.js";
import { inTurns } from "./in-turns.js";
import type { Matrix } from "./matrix.js";
import {
  type AxesOptions,
  checkComponents,
  checkProjection,
  type Pca,
  type ProjectOptions,
  pcaSteps,
  projectPoints,
  whitenScores,
} from "./principal.js";
import { sharedSession } from "./shared-session.js";
import { rowRanges, type Steps } from "./steps.js";

export type { Pca, ProjectOptions } from "./principal.js";

export interface PcaOptions extends AxesOptions {
  /** stops between blocks of rows and between the steps to the axes */
  readonly signal?: AbortSignal;
}

/**
 * Principal components of the rows of `x`: few of many by subspace iteration on the covariance, many by its whole
 * decomposition. Takes 12 to 32 x cols^2 bytes of memory beside a copy of some 16 MB of rows at a time, and leaves the
 * event loop its turns.
 *
 * @param x samples by features, `rows` >= 2
 * @returns mean [cols], components [nComponents, cols] with the largest-magnitude entry of each positive,
 *   explainedVariance [nComponents] (divided by rows - 1, as scikit-learn) and its share of the whole
 * @throws ShapeError when `x` has fewer than 2 rows or nComponents > min(rows, cols)
 * @throws NotFiniteError naming the first bad row
 * @throws DegenerateDataError when all rows are equal
 * @see Halko, Martinsson & Tropp 2011, arXiv:0909.4061
 * @example const { components } = await pca(features.cls, { nComponents: 50 });
 */
export async function pca(x: Matrix, options: PcaOptions = {}): Promise<Pca> {
  const { nComponents = 3, seed = 0, signal } = ofCell(options);
  checkSamples(x, "x");
  checkComponents(nComponents, x.rows, x.cols);
  return inTurns(pcaSteps(await covarianceOf(x, signal), { nComponents, seed }), signal);
}

/** Multiplications from which on the worker thread's speed and the free event loop are worth the copy to it. */
const largeProjection = 2 ** 26;

/**
 * The coordinates of the rows of `x` along the components.
 *
 * @param x samples by features; `cols` as the PCA was fitted on
 * @returns scores [x.rows, nComponents]; whitened scores of an axis without variance are 0
 * @throws ShapeError when x.cols is another number than the PCA's; NotFiniteError naming the first bad row
 */
export async function projectPca(
  pca: Pca,
  x: Matrix,
  options: ProjectOptions & { readonly signal?: AbortSignal } = {},
): Promise<Matrix> {
  const signal = cellSignal(options.signal);
  signal?.throwIfAborted();
  const count = pca.components.rows;
  if (x.rows * x.cols * count < largeProjection) return projectPoints(pca, x, options);
  checkProjection(pca, x);
  const session = await projectionSession();
  const axes = { data: pca.components.data, dims: [count, x.cols] };
  const scores = new Float32Array(x.rows * count);
  for (const { from, to } of blocks(x)) {
    const rows = { data: centredRows(x, from, to, pca.mean, 1), dims: [to - from, x.cols] };
    const result = await session.run({ rows, axes }, { signal });
    scores.set(result.scores.data as Float32Array, from * count);
  }
  if (options.whiten) whitenScores(scores, pca);
  return { data: scores, rows: x.rows, cols: count };
}

/**
 * Centred in float64 first, since float32 sums of squares lose everything when the mean is large, and scaled by a
 * power of two, which is exact, so that neither large nor small numbers leave float32's range when squared.
 */
async function covarianceOf(x: Matrix, signal?: AbortSignal): Promise<Covariance> {
  const { rows, cols } = x;
  const mean = await inTurns(columnMeansSteps(x), signal);
  const scale = await inTurns(deviationScale(x, mean), signal);
  const session = await covarianceSession();
  const sums = new Float64Array(cols * cols);
  for (const { from, to } of blocks(x)) {
    const block = { data: centredRows(x, from, to, mean, scale), dims: [to - from, cols] };
    const result = await session.run({ rows: block }, { signal, transfer: true });
    const products = result.products.data as Float32Array;
    for (let i = 0; i < sums.length; i++) sums[i] += products[i];
  }
  const factor = 1 / (scale * scale * (rows - 1));
  return { mean, covariance: symmetric(sums, cols, factor), cols, nSamples: rows };
}

/** Blocks of about 16 MB: sums over more rows would gather rounding in float32, and a signal is heard between them. */
function blocks({ rows, cols }: Matrix): { from: number; to: number }[] {
  const size = Math.max(1024, Math.floor(2 ** 22 / Math.max(1, cols)));
  return Array.from({ length: Math.ceil(rows / size) }, (_, i) => ({
    from: i * size,
    to: Math.min(rows, (i + 1) * size),
  }));
}

/** The power of two that brings the largest distance to the mean near 1. */
function* deviationScale({ data, rows, cols }: Matrix, mean: Float64Array): Steps<number> {
  let largest = 0;
  for (const { from, to } of rowRanges(rows, cols)) {
    for (let i = from * cols; i < to * cols; i += cols)
      for (let j = 0; j < cols; j++) largest = Math.max(largest, Math.abs(data[i + j] - mean[j]));
    yield;
  }
  if (largest === 0) throw new DegenerateDataError("x", "has rows that are all equal: PCA needs rows that differ");
  return 2 ** -Math.floor(Math.log2(largest));
}

function centredRows(
  { data, cols }: Matrix,
  from: number,
  to: number,
  mean: Float64Array | Float32Array,
  scale: number,
): Float32Array {
  const out = new Float32Array((to - from) * cols);
  for (let i = 0, at = from * cols; i < out.length; i += cols, at += cols)
    for (let j = 0; j < cols; j++) out[i + j] = (data[at + j] - mean[j]) * scale;
  return out;
}

function symmetric(sums: Float64Array, cols: number, factor: number): Float64Array {
  for (let j = 0; j < cols; j++)
    for (let k = j; k < cols; k++) {
      const value = ((sums[j * cols + k] + sums[k * cols + j]) / 2) * factor;
      sums[j * cols + k] = value;
      sums[k * cols + j] = value;
    }
  return sums;
}

const covarianceSession = sharedSession(() => {
  const g = new GraphBuilder();
  const rows = g.input("rows", "float32", ["n", "cols"]);
  g.output("products", g.op("Gemm", [rows, rows], { transA: 1 }), "float32", ["cols", "cols"]);
  return g.build();
});

const projectionSession = sharedSession(() => {
  const g = new GraphBuilder();
  const rows = g.input("rows", "float32", ["n", "cols"]);
  const axes = g.input("axes", "float32", ["k", "cols"]);
  g.output("scores", g.op("Gemm", [rows, axes], { transB: 1 }), "float32", ["n", "k"]);
  return g.build();
});
