/** What a comparison finds. */
import type { ClassLabels } from "../classify/class-labels.js";
import type { TrainingNotes } from "../classify/head.js";
import type { Predictions } from "../classify/predictions.js";
import type { ClassificationReport } from "../evaluate/classification-report.js";
import type { LabelEfficiency } from "../evaluate/label-efficiency.js";
import type { PairedTest } from "../evaluate/mcnemar.js";
import type { LeakReport, SimilarityGroups } from "../evaluate/near-duplicates.js";
import type { LabelledNeighbour } from "../evaluate/nearest-others.js";
import type { Split } from "../evaluate/split.js";
import type { FailedPicture, Picture } from "../picture.js";

/** Each asks one question of which the answer must be yes; see `comparisonChecks`. */
export type CheckName =
  | "every trained parameter moved"
  | "pictures prepared as each model wants them"
  | "train and test disjoint"
  | "the same pictures seen by all";

export interface ComparisonCheck {
  readonly name: CheckName;
  readonly passed: boolean;
  /** what was found, in one sentence, whether it passed or not */
  readonly finding: string;
  /** the model and the head at fault, where one is */
  readonly model?: string;
  readonly head?: string;
}

/** A model of a comparison. */
export interface ComparedModel {
  readonly name: string;
  readonly family: string;
  /** numbers a vector */
  readonly dim: number;
  /** of weights and reading, as stores have it */
  readonly fingerprint: string;
  readonly inputSize: readonly [height: number, width: number];
  /** accuracy by labelled pictures a class; absent where there are too few pictures */
  readonly labelEfficiency?: LabelEfficiency;
}

/** One model with one head. */
export interface ComparisonEntry {
  readonly model: string;
  readonly head: string;
  /** of the tested pictures, in the order of `Comparison.tested` */
  readonly predictions: Predictions;
  readonly report: ClassificationReport;
  /** one entry a split: what its validation chose, how its training went */
  readonly training: readonly TrainingNotes[];
  /** wrong answers, the surest first */
  readonly mistakes: readonly ConfidentMistake[];
}

export interface ConfidentMistake {
  /** places in `Comparison.pictures` */
  readonly row: number;
  readonly truth: string;
  readonly predicted: string;
  readonly confidence: number;
  /** the nearest pictures of the training rows, nearest first, as this model sees them */
  readonly nearest: readonly LabelledNeighbour[];
}

/** Two models with the same head on the same pictures. */
export interface ComparedPair {
  readonly a: string;
  readonly b: string;
  readonly head: string;
  readonly test: PairedTest;
  /** places in `Comparison.pictures` that only a, or only b, got right; the surest first */
  readonly onlyA: readonly number[];
  readonly onlyB: readonly number[];
}

export interface Comparison {
  readonly models: readonly ComparedModel[];
  /** names of the heads */
  readonly heads: readonly string[];
  /** pictures that all models saw, with their classes */
  readonly pictures: readonly Picture[];
  readonly labels: ClassLabels;
  readonly splits: readonly Split[];
  /** the rows that were tested, in rising order: all of them under cross-validation */
  readonly tested: Int32Array;
  /** one for each model and head, model by model */
  readonly entries: readonly ComparisonEntry[];
  readonly pairs: readonly ComparedPair[];
  readonly checks: readonly ComparisonCheck[];
  readonly nearDuplicates: SimilarityGroups;
  readonly leaks: LeakReport;
  /** pictures that a model could not read, which were left out for all */
  readonly failed: readonly FailedPicture[];
  readonly seed: number;
}
