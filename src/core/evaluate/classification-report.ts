/** How well predictions fit the truth, and how sure one may be of that. */
import type { Interval } from "./interval.js";

export interface ClassificationReport {
  readonly classes: readonly string[];
  /** rows that were judged */
  readonly rows: number;
  readonly correct: number;
  /** share of rows whose predicted class is the true one, with a bootstrap interval */
  readonly accuracy: Interval;
  /** mean of the classes' recalls, of those that have rows */
  readonly balancedAccuracy: number;
  /** share of the largest class: what always saying its name would reach */
  readonly majorityShare: number;
  /** [classes, classes]: entry t * classes + p counts rows of class t that were taken for p */
  readonly confusion: Int32Array;
  /** one entry a class, in their order */
  readonly perClass: readonly ClassScores[];
  readonly calibration: Calibration;
  /** mean cross-entropy, in nats */
  readonly logLoss: number;
}

export interface ClassScores {
  readonly label: string;
  /** rows of this class */
  readonly support: number;
  /** NaN without rows of this class */
  readonly recall: number;
  /** NaN where no row was taken for it */
  readonly precision: number;
}

/** Whether a confidence of 80 % is right in 80 % of the cases. */
export interface Calibration {
  /** bins of equal width over the confidence, those that hold no row left out */
  readonly bins: readonly CalibrationBin[];
  /** mean gap between confidence and accuracy, weighted by rows: expected calibration error, 0 to 1 */
  readonly expectedError: number;
}

export interface CalibrationBin {
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  readonly meanConfidence: number;
  readonly accuracy: number;
}
