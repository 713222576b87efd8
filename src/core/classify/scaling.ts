/** What is done to feature vectors before a classifier sees them; what it needs to know is learnt from training rows alone. */
import { checkChoice } from "../check-choice.js";
import { ShapeError } from "../errors.js";
import { columnMeansSteps } from "../numeric/covariance.js";
import { checkFiniteSteps, checkMatrix, type Matrix } from "../numeric/matrix.js";
import { normaliseRowsSteps } from "../numeric/normalise.js";
import { finish, rowRanges, type Steps } from "../numeric/steps.js";

/**
 * "l2": rows of length 1, as DINO's k-NN takes them; "standardise": mean 0 and variance 1 a column, as of the training
 * rows; "none": as they come.
 */
export type ScalingRule = "l2" | "standardise" | "none";

export const scalingRules: readonly ScalingRule[] = ["l2", "standardise", "none"];

export interface FeatureScaling {
  readonly rule: ScalingRule;
  /** [dim], subtracted; "standardise" only */
  readonly mean?: Float32Array;
  /** [dim], divided by; 1 for columns that do not vary; "standardise" only */
  readonly deviation?: Float32Array;
}

/**
 * Learns from the rows that it is given what a rule needs to know: "standardise" the mean and the deviation (divided by
 * the number of rows) of each column, the other rules nothing. Give it training rows and no others.
 *
 * @param x training rows [rows, dim]
 * @throws ShapeError when there are no rows or columns; NotFiniteError naming the first bad row; ArgumentError for
 *   another rule
 */
export function fitScaling(x: Matrix, rule: ScalingRule): FeatureScaling {
  return finish(fitScalingSteps(x, rule));
}

/** `fitScaling`, step by step. */
export function* fitScalingSteps(x: Matrix, rule: ScalingRule, argument = "x"): Steps<FeatureScaling> {
  checkChoice("scaling", rule, scalingRules);
  checkMatrix(x, argument);
  if (x.rows === 0 || x.cols === 0)
    throw new ShapeError(argument, `is ${x.rows} x ${x.cols}: give at least one row and one column`);
  yield* checkFiniteSteps(x, argument);
  if (rule !== "standardise") return { rule };
  const mean = yield* columnMeansSteps(x);
  return { rule, mean: Float32Array.from(mean), deviation: yield* columnDeviations(x, mean) };
}

function* columnDeviations({ data, rows, cols }: Matrix, mean: Float64Array): Steps<Float32Array> {
  const squares = new Float64Array(cols);
  for (const { from, to } of rowRanges(rows, cols)) {
    for (let i = from * cols; i < to * cols; i += cols)
      for (let j = 0; j < cols; j++) squares[j] += (data[i + j] - mean[j]) ** 2;
    yield;
  }
  // what 32 bits cannot tell from 0 cannot be divided by
  return Float32Array.from(squares, (sum) => Math.fround(Math.sqrt(sum / rows)) || 1);
}

/**
 * The rows as a classifier with this scaling sees them, as a new matrix; under "none" they are `x` itself.
 *
 * @param x [rows, dim], as the model gave them
 * @throws ShapeError when the scaling was fitted on another number of columns; NotFiniteError naming the first bad row;
 *   DegenerateDataError naming the first row of zeros under "l2"
 */
export function scaleFeatures(x: Matrix, scaling: FeatureScaling): Matrix {
  checkMatrix(x, "x");
  return finish(scaledRowsSteps(x, scaling));
}

export interface RowRange {
  /** first row @default 0 */
  readonly from?: number;
  /** the row after the last one @default all */
  readonly to?: number;
  /** what errors call `x` @default "x" */
  readonly argument?: string;
}

/** `scaleFeatures` of some rows that follow each other, step by step; errors name rows of `x`. */
export function* scaledRowsSteps(
  x: Matrix,
  scaling: FeatureScaling,
  { from = 0, to = x.rows, argument = "x" }: RowRange = {},
): Steps<Matrix> {
  const { cols } = x;
  const rows = { data: x.data.subarray(from * cols, to * cols), rows: to - from, cols };
  const names = { argument, from };
  switch (scaling.rule) {
    case "l2":
      return yield* unitRowsSteps(rows, names);
    case "standardise":
      return yield* standardisedSteps(rows, scaling, names);
    case "none":
      yield* checkFiniteSteps(rows, argument, from);
      return rows;
  }
}

interface Names {
  argument: string;
  /** the number of the first row */
  from: number;
}

/** The rows divided by their lengths. @throws NotFiniteError, DegenerateDataError naming the first row that has none */
export function unitRowsSteps(m: Matrix, { argument, from }: Names): Steps<Matrix> {
  const advice = "remove it, or choose a head and a scaling that do not compare directions";
  return normaliseRowsSteps(m, argument, { from, advice });
}

function* standardisedSteps(m: Matrix, { mean, deviation }: FeatureScaling, names: Names): Steps<Matrix> {
  const { data, rows, cols } = m;
  if (mean?.length !== cols || deviation?.length !== cols)
    throw new ShapeError(
      names.argument,
      `has ${cols} numbers a row where the scaling was fitted on ${mean?.length ?? "none"}: use vectors of the same model`,
    );
  yield* checkFiniteSteps(m, names.argument, names.from);
  const out = new Float32Array(data.length);
  for (const { from, to } of rowRanges(rows, cols)) {
    for (let i = from * cols; i < to * cols; i += cols)
      for (let j = 0; j < cols; j++) out[i + j] = (data[i + j] - mean[j]) / deviation[j];
    yield;
  }
  return { data: out, rows, cols };
}
