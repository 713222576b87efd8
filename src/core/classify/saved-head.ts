/** What is kept of a trained head. */
import type { VectorSpace } from "../model/vector-space.js";
import type { Classifier } from "./classifier.js";

/** A classifier with what must be known to use it elsewhere. */
export interface SavedHead {
  readonly classifier: Classifier;
  /** of the vectors that it was trained on: it can judge no others */
  readonly space: VectorSpace;
  readonly training: HeadTraining;
  /** how good it was found to be; absent where nothing could be tested */
  readonly evaluation?: HeadEvaluation;
}

export interface HeadTraining {
  /** such as "logistic regression" */
  readonly head: string;
  readonly rows: number;
  /** rows of each class: [classes] */
  readonly perClass: readonly number[];
  readonly seed: number;
  /** settings that validation chose, by name */
  readonly chosen: Readonly<Record<string, number>>;
}

/** By cross-validation: each row judged by a classifier that was trained without it and all that is like it. */
export interface HeadEvaluation {
  readonly folds: number;
  readonly rows: number;
  readonly correct: number;
  readonly accuracy: {
    readonly value: number;
    readonly low: number;
    readonly high: number;
    readonly level: number;
  };
  readonly balancedAccuracy: number;
  /** what always saying the largest class's name would reach */
  readonly majorityShare: number;
}
