/** What trains a classifier, as comparisons and cross-validation take it. */
import type { Matrix } from "../numeric/matrix.js";
import type { ClassLabels } from "./class-labels.js";
import type { Classifier, Parameters } from "./classifier.js";

/** Rows of features with their classes. A class may have no row. */
export interface LabelledRows {
  /** [rows, dim], as the model gave them */
  readonly vectors: Matrix;
  readonly labels: ClassLabels;
}

export interface TrainingSet extends LabelledRows {
  /** rows that choose settings (C, k, when to stop) and train nothing; absent where there are too few */
  readonly validation?: LabelledRows;
}

export interface TrainOptions {
  /** same seed, same bytes */
  readonly seed: number;
  readonly signal?: AbortSignal;
}

/** A setting that validation chose, or the course of the training, for reports. */
export interface TrainingNotes {
  /** settings as they were chosen, by name, such as { C: 0.1 } or { k: 20 } */
  readonly chosen: Readonly<Record<string, number>>;
  /** one entry an epoch; heads that learn in epochs only */
  readonly epochs?: readonly LearningPoint[];
  /** sentences on what could not be done as usual, such as choosing without validation rows; absent where there are none */
  readonly remarks?: readonly string[];
}

export interface LearningPoint {
  /** counted from 1 */
  readonly epoch: number;
  /** mean cross-entropy, in nats */
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  readonly validationLoss?: number;
  readonly validationAccuracy?: number;
}

export interface TrainedHead<C extends Classifier = Classifier> {
  readonly classifier: C;
  /** the optimised numbers as they were before training, under the names of `trainedParameters(classifier)` */
  readonly start: Parameters;
  readonly notes: TrainingNotes;
}

/** A way to make a classifier of labelled vectors. */
export interface Head {
  /** such as "logistic regression" */
  readonly name: string;
  train(data: TrainingSet, options: TrainOptions): Promise<TrainedHead>;
}
