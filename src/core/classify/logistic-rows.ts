/** Training rows made ready for logistic regression, and what it finds as a classifier for the rows as they were. */
import { inTurns } from "../numeric/in-turns.js";
import type { Matrix } from "../numeric/matrix.js";
import { classCounts } from "./class-labels.js";
import type { LogisticClassifier } from "./classifier.js";
import type { LabelledRows, TrainedHead } from "./head.js";
import { type HeldRows, holdRows } from "./logistic-loss.js";
import type { LogisticFit } from "./logistic-path.js";
import { type PresentClasses, presentClasses } from "./present-classes.js";
import { type FeatureScaling, fitScalingSteps, type ScalingRule, scaledRowsSteps } from "./scaling.js";
import { fitWhitening, unwhitenSteps, type Whitening, whiten } from "./whitening.js";

export interface LogisticRows {
  readonly scaling: FeatureScaling;
  readonly whitening: Whitening;
  readonly present: PresentClasses;
  /** rows of each class that is present */
  readonly counts: readonly number[];
  readonly held: HeldRows;
}

/** Release `held` when done. @throws NotFiniteError, DegenerateDataError as `trainLogistic` */
export async function prepareRows(data: LabelledRows, rule: ScalingRule, signal?: AbortSignal): Promise<LogisticRows> {
  const { vectors, labels } = data;
  const scaling = await inTurns(fitScalingSteps(vectors, rule, "vectors"), signal);
  const scaled = await inTurns(scaledRowsSteps(vectors, scaling, { argument: "vectors" }), signal);
  const whitening = await fitWhitening(scaled, signal);
  const present = presentClasses(data);
  const counts = Array.from(classCounts(labels)).filter((n) => n > 0);
  const held = await holdLabelled(await whiten(whitening, scaled, signal), labels.indices, present);
  return { scaling, whitening, present, counts, held };
}

/** Other rows in the coordinates of the training rows, all of them of classes that are present. */
export async function holdOthers(
  { vectors, labels }: LabelledRows,
  { scaling, whitening, present }: LogisticRows,
  signal?: AbortSignal,
): Promise<HeldRows> {
  const scaled = await inTurns(scaledRowsSteps(vectors, scaling, { argument: "validation" }), signal);
  return holdLabelled(await whiten(whitening, scaled, signal), labels.indices, present);
}

function holdLabelled(x: Matrix, indices: Int32Array, { numbers, places }: PresentClasses): Promise<HeldRows> {
  return holdRows(
    x,
    indices.map((c) => numbers[c]),
    places.length,
  );
}

/** The bias of a class without training rows: its probability is 0, and the number is one that files can hold. */
const never = -1e30;

/** The classifier over all classes, and the zeros that it began with. */
export async function trainedLogistic(
  { labels: { classes }, vectors: { cols: dim } }: LabelledRows,
  { scaling, whitening, present: { places } }: LogisticRows,
  { c, weights: whitened }: LogisticFit,
  signal?: AbortSignal,
): Promise<Pick<TrainedHead<LogisticClassifier>, "classifier" | "start">> {
  const found = await inTurns(unwhitenSteps(whitening, whitened), signal);
  const data = new Float32Array(classes.length * dim);
  const bias = new Float32Array(classes.length).fill(never);
  places.forEach((place, number) => {
    data.set(found.weights.data.subarray(number * dim, (number + 1) * dim), place * dim);
    bias[place] = found.bias[number];
  });
  const weights = { data, rows: classes.length, cols: dim };
  return {
    classifier: { kind: "logistic", classes, dim, scaling, weights, bias, c },
    start: { weights: new Float32Array(data.length), bias: new Float32Array(bias.length) },
  };
}
