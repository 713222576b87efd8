/** Training rows made ready for logistic regression, and what it finds as a classifier for the rows as they were. */
import { DegenerateDataError } from "../errors.js";
import { centreColumnsSteps } from "../numeric/centre.js";
import { columnMeansSteps } from "../numeric/covariance.js";
import { inTurns } from "../numeric/in-turns.js";
import type { Matrix } from "../numeric/matrix.js";
import { rowRanges, type Steps } from "../numeric/steps.js";
import { classCounts } from "./class-labels.js";
import type { LogisticClassifier } from "./classifier.js";
import { curvatureOf } from "./curvature-guess.js";
import type { LabelledRows, TrainedHead } from "./head.js";
import { type HeldRows, holdRows } from "./logistic-loss.js";
import type { LogisticFit, PathRows } from "./logistic-path.js";
import { absentScore, type PresentClasses, presentClasses } from "./present-classes.js";
import { coordinatesSteps, fromCoordinates, type RowSpace, rowSpaceSteps } from "./row-space.js";
import { type FeatureScaling, fitScalingSteps, type ScalingRule, scaledRowsSteps } from "./scaling.js";

/** Rows less their mean, divided by a power of two near their size, so that squares stay within float32's range. */
export interface LogisticRows extends PathRows {
  readonly scaling: FeatureScaling;
  readonly present: PresentClasses;
  readonly mean: Float64Array;
  /** where they are few, the space whose coordinates are held */
  readonly space: RowSpace | undefined;
}

/** Release `held` when done. @throws NotFiniteError, DegenerateDataError as `trainLogistic` */
export async function prepareRows(data: LabelledRows, rule: ScalingRule, signal?: AbortSignal): Promise<LogisticRows> {
  const { vectors, labels } = data;
  const scaling = await inTurns(fitScalingSteps(vectors, rule, "vectors"), signal);
  const scaled = await inTurns(scaledRowsSteps(vectors, scaling, { argument: "vectors" }), signal);
  const mean = await inTurns(columnMeansSteps(scaled), signal);
  const { largest, squares } = await inTurns(spreadSteps(scaled, mean), signal);
  const unit = 2 ** Math.floor(Math.log2(largest));
  const present = presentClasses(data);
  const counts = Array.from(classCounts(labels)).filter((n) => n > 0);
  const centred = await inTurns(centreColumnsSteps(scaled, mean, 1 / unit), signal);
  const space = await inTurns(rowSpaceSteps(centred), signal);
  const held = await holdCentred(centred, labels.indices, { present, space }, signal);
  try {
    const curvature = await curvatureOf(held, squares / unit ** 2, signal);
    return { held, curvature, counts, unit, scaling, present, mean, space };
  } catch (error) {
    await held.release().catch(() => {});
    throw error;
  }
}

/** Float32 rounds to 6e-8 of a number: rows that differ by no more are equal. */
const leastSpread = 1e-6;

/** The largest distance of a number to its column's mean, and the sum of the squares of all. */
function* spreadSteps({ data, rows, cols }: Matrix, mean: Float64Array): Steps<{ largest: number; squares: number }> {
  let [largest, squares] = [0, 0];
  let differ = false;
  for (const { from, to } of rowRanges(rows, cols)) {
    for (let i = from * cols; i < to * cols; i += cols)
      for (let j = 0; j < cols; j++) {
        const distance = Math.abs(data[i + j] - mean[j]);
        if (distance > leastSpread * Math.abs(mean[j])) differ = true;
        if (distance > largest) largest = distance;
        squares += distance * distance;
      }
    yield;
  }
  if (differ) return { largest, squares };
  throw new DegenerateDataError(
    "vectors",
    "has rows that are all equal, so that nothing tells the classes apart: give rows that differ",
  );
}

/** Other rows as the training rows are held, all of them of classes that are present. */
export async function holdOthers(
  { vectors, labels }: LabelledRows,
  rows: LogisticRows,
  signal?: AbortSignal,
): Promise<HeldRows> {
  const scaled = await inTurns(scaledRowsSteps(vectors, rows.scaling, { argument: "validation" }), signal);
  const centred = await inTurns(centreColumnsSteps(scaled, rows.mean, 1 / rows.unit), signal);
  return holdCentred(centred, labels.indices, rows, signal);
}

async function holdCentred(
  centred: Matrix,
  indices: Int32Array,
  { present: { numbers, places }, space }: Pick<LogisticRows, "present" | "space">,
  signal?: AbortSignal,
): Promise<HeldRows> {
  return holdRows(
    space ? await inTurns(coordinatesSteps(centred, space), signal) : centred,
    indices.map((c) => numbers[c]),
    places.length,
  );
}

/** The classifier over all classes, and the zeros that it began with. */
export function trainedLogistic(
  { labels: { classes } }: LabelledRows,
  { scaling, present: { places }, mean, unit, space, held }: LogisticRows,
  { c, model }: LogisticFit,
): Pick<TrainedHead<LogisticClassifier>, "classifier" | "start"> {
  const dim = mean.length;
  const data = new Float32Array(classes.length * dim);
  const bias = new Float32Array(classes.length).fill(absentScore);
  const biases = model.subarray(places.length * held.cols);
  const found = model.subarray(0, places.length * held.cols);
  const whole = space ? fromCoordinates(found, space) : found;
  places.forEach((place, number) => {
    let shift = 0;
    for (let j = 0; j < dim; j++) {
      const weight = whole[number * dim + j] / unit;
      data[place * dim + j] = weight;
      shift += weight * mean[j];
    }
    bias[place] = biases[number] - shift;
  });
  const weights = { data, rows: classes.length, cols: dim };
  return {
    classifier: { kind: "logistic", classes, dim, scaling, weights, bias, c },
    start: { weights: new Float32Array(data.length), bias: new Float32Array(bias.length) },
  };
}
