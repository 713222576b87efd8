/**
 * Two ways to say how near rows are, brought to one form: a score that is a product less a bias, q·x - bias(x), larger
 * for nearer rows. The product runs in 32 bits; `measure` gives the true value in 64, and `slack` bounds the
 * difference, so that a search can tell when the product alone has not decided.
 */
import { ArgumentError, ShapeError } from "../errors.js";
import { centreColumnsSteps } from "./centre.js";
import { columnMeansSteps } from "./covariance.js";
import { checkFiniteSteps, checkMatrix, type Matrix } from "./matrix.js";
import { directedLengthsSteps, divideRowsSteps, rowLengthsSteps } from "./normalise.js";
import { firstSameRow } from "./same-rows.js";
import { rowRanges, type Steps } from "./steps.js";

export type Metric = "cosine" | "euclidean";

export interface MetricSpace {
  readonly metric: Metric;
  readonly rows: number;
  readonly cols: number;
  /** the base as the product takes it, made anew at each call */
  product(): Steps<{ base: Matrix; bias: Float32Array }>;
  /** @throws ShapeError when the queries have another number of columns; as the base's own checks */
  prepare(queries: Matrix, argument: string): Steps<PreparedQueries>;
  /** for each row the first one equal to it, found out at the first call */
  firstSame(): Steps<Int32Array>;
}

export interface PreparedQueries {
  /** the queries as the product takes them */
  readonly ready: Matrix;
  /** -1 where a larger measure is nearer, 1 where a smaller one is */
  readonly sign: 1 | -1;
  /** the cosine similarity, or the Euclidean distance, of a query and a row of the base */
  measure(query: number, row: number): number;
  /** a measured value on the scale of the product's scores */
  score(query: number, measured: number): number;
  /** bound on the error of computed scores at or above that of a row so measured */
  slack(query: number, measured: number): number;
  /** the same bound where a row's computed score is known instead */
  slackAt(query: number, score: number): number;
}

/** One query and the computed score of every row. */
export interface ScoredQuery {
  prepared: PreparedQueries;
  /** its row in `prepared` */
  query: number;
  /** [rows] */
  scores: Float32Array;
  /** the row that is the query itself and has no rank */
  self: number;
}

/** half the distance between neighbouring 32-bit numbers around 1 */
const roundoff = 2 ** -24;

/**
 * The space of the rows of `base`, which is kept and must not be changed. As its parts it is made step by step.
 *
 * @throws ShapeError when the base has no rows or columns; NotFiniteError naming the first bad row;
 *   DegenerateDataError naming the first row of zeros under "cosine"; ArgumentError for another metric
 */
export function* metricSpace(base: Matrix, metric: Metric, argument = "base"): Steps<MetricSpace> {
  checkMatrix(base, argument);
  if (base.rows === 0 || base.cols === 0)
    throw new ShapeError(argument, `is ${base.rows} x ${base.cols}: give at least one row and one column`);
  if (metric === "cosine") return yield* cosineSpace(base, argument);
  if (metric === "euclidean") return yield* euclideanSpace(base, argument);
  throw new ArgumentError("metric", `is "${metric}": give "cosine" or "euclidean"`);
}

function* cosineSpace(base: Matrix, argument: string): Steps<MetricSpace> {
  const lengths = yield* directedLengthsSteps(base, argument);
  // rounding of the normalised rows, then of the sum (Higham 2002, section 3.1)
  const slack = (base.cols + 8) * roundoff;
  return {
    metric: "cosine",
    rows: base.rows,
    cols: base.cols,
    firstSame: sameRows(base),
    *product() {
      return { base: yield* divideRowsSteps(base, lengths), bias: new Float32Array(1) };
    },
    *prepare(queries, name) {
      checkColumns(queries, base.cols, name);
      const own = queries === base ? lengths : yield* directedLengthsSteps(queries, name);
      return {
        ready: yield* divideRowsSteps(queries, own),
        sign: -1,
        measure: (q, i) => clampUnit(dot(queries, q, base, i) / (own[q] * lengths[i])),
        score: (_, similarity) => similarity,
        slack: () => slack,
        slackAt: () => slack,
      };
    },
  };
}

function* euclideanSpace(base: Matrix, argument: string): Steps<MetricSpace> {
  yield* checkFiniteSteps(base, argument);
  // around the mean, |q|² - 2 q·x + |x|² cancels least; a power of two scales without rounding
  const means = yield* columnMeansSteps(base);
  const scale = lengthScale(yield* longestFrom(means, base));
  // rounding of the centred rows, then of the sum
  const roughness = (base.cols + 8) * roundoff;
  return {
    metric: "euclidean",
    rows: base.rows,
    cols: base.cols,
    firstSame: sameRows(base),
    *product() {
      const ready = yield* centreColumnsSteps(base, means, scale);
      const lengths = yield* rowLengthsSteps(ready);
      return { base: ready, bias: Float32Array.from(lengths, (length) => (length * length) / 2) };
    },
    *prepare(queries, name) {
      checkColumns(queries, base.cols, name);
      if (queries !== base) yield* checkFiniteSteps(queries, name);
      const ready = yield* centreColumnsSteps(queries, means, scale);
      const lengths = yield* rowLengthsSteps(ready);
      // a row so near is no longer than this; longer rows are further away by more than their error
      const within = (q: number, distance: number): number => {
        const reach = lengths[q] + distance * 1.001;
        return roughness * (lengths[q] * reach + reach ** 2 / 2);
      };
      return {
        ready,
        sign: 1,
        measure: (q, i) => distance(queries, q, base, i),
        score: (q, d) => (lengths[q] ** 2 - (d * scale) ** 2) / 2,
        slack: (q, d) => within(q, d * scale),
        slackAt(q, score) {
          const square = lengths[q] ** 2 - 2 * score;
          const about = within(q, Math.sqrt(Math.max(0, square)));
          // the score's own error may hide this much of the distance
          return within(q, Math.sqrt(Math.max(0, square + 4 * about)));
        },
      };
    },
  };
}

function sameRows(base: Matrix): () => Steps<Int32Array> {
  let first: Int32Array | undefined;
  return function* () {
    first ??= yield* firstSameRow(base);
    return first;
  };
}

function checkColumns(queries: Matrix, cols: number, argument: string): void {
  checkMatrix(queries, argument);
  if (queries.cols !== cols)
    throw new ShapeError(
      argument,
      `has ${queries.cols} numbers a row where the base has ${cols}: use vectors of the same model`,
    );
}

function clampUnit(similarity: number): number {
  return Math.max(-1, Math.min(1, similarity));
}

/** The largest distance of a row to `means`. */
function* longestFrom(means: Float64Array, { data, rows, cols }: Matrix): Steps<number> {
  let longest = 0;
  for (const { from, to } of rowRanges(rows, cols)) {
    for (let i = from * cols; i < to * cols; i += cols) {
      let sum = 0;
      for (let j = 0; j < cols; j++) sum += (data[i + j] - means[j]) ** 2;
      if (sum > longest) longest = sum;
    }
    yield;
  }
  return Math.sqrt(longest);
}

/** A power of two that brings the longest row to a length between 1/2 and 1. */
function lengthScale(longest: number): number {
  return longest > 0 ? 2 ** -Math.ceil(Math.log2(longest)) : 1;
}

function dot(a: Matrix, i: number, b: Matrix, j: number): number {
  const n = a.cols;
  const x = a.data;
  const y = b.data;
  let p = i * n;
  let q = j * n;
  let even = 0;
  let odd = 0;
  // two sums, so that one addition need not wait for the other
  for (const end = p + n - 1; p < end; p += 2, q += 2) {
    even += x[p] * y[q];
    odd += x[p + 1] * y[q + 1];
  }
  return n % 2 === 1 ? even + odd + x[p] * y[q] : even + odd;
}

function distance(a: Matrix, i: number, b: Matrix, j: number): number {
  const n = a.cols;
  const x = a.data;
  const y = b.data;
  let sum = 0;
  for (let t = 0, p = i * n, q = j * n; t < n; t++, p++, q++) sum += (x[p] - y[q]) ** 2;
  return Math.sqrt(sum);
}
