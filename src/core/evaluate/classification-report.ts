/** How well predictions fit the truth, and how sure one may be of that. */
import { type ClassLabels, checkLabels, sameClasses } from "../classify/class-labels.js";
import { confidences, type Predictions } from "../classify/predictions.js";
import { ArgumentError, ShapeError } from "../errors.js";
import { checkFinite, checkMatrix, checkOnePerRow } from "../numeric/matrix.js";
import { type AccuracyIntervalOptions, accuracyInterval } from "./bootstrap.js";
import { type Calibration, calibration } from "./calibration.js";
import type { Interval } from "./interval.js";

export type { Calibration, CalibrationBin } from "./calibration.js";

export interface ClassificationReport {
  readonly classes: readonly string[];
  /** rows that were judged */
  readonly rows: number;
  readonly correct: number;
  /** share of rows whose predicted class is the true one, with a bootstrap interval; see `accuracyInterval` */
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

export interface ClassificationReportOptions extends AccuracyIntervalOptions {
  /** bins of the calibration @default 10 */
  readonly bins?: number;
}

/**
 * Judges predictions by the truth.
 *
 * @param predictions of some rows
 * @param labels the true classes of the same rows, over the same classes in the same order
 * @throws ShapeError when there are no rows, or not one label, probability or group a row; ArgumentError when the classes
 *   are others, a predicted class is none of them, or a row's probabilities do not add up to 1; NotFiniteError naming
 *   the first row with a probability that is no number
 */
export function classificationReport(
  predictions: Predictions,
  labels: ClassLabels,
  options: ClassificationReportOptions = {},
): ClassificationReport {
  checkPredictions(predictions, labels);
  const { classes, indices } = labels;
  const { predicted, probabilities } = predictions;
  const right = Uint8Array.from(predicted, (c, row) => (c === indices[row] ? 1 : 0));
  const confusion = new Int32Array(classes.length ** 2);
  predicted.forEach((c, row) => {
    confusion[indices[row] * classes.length + c]++;
  });
  const perClass = classes.map((label, c) => scoresOf(label, c, confusion, classes.length));
  const recalls = perClass.filter(({ support }) => support > 0).map(({ recall }) => recall);
  const { bins, ...drawing } = options;
  return {
    ...{ classes, confusion, perClass, rows: indices.length },
    correct: right.reduce((sum, one) => sum + one, 0),
    accuracy: accuracyInterval(right, drawing),
    balancedAccuracy: recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length,
    majorityShare: Math.max(...perClass.map(({ support }) => support)) / indices.length,
    calibration: calibration(confidences(predictions), right, bins),
    logLoss: logLoss(probabilities.data, indices, classes.length),
  };
}

function checkPredictions({ classes, predicted, probabilities }: Predictions, labels: ClassLabels): void {
  checkLabels(labels);
  const rows = labels.indices.length;
  if (rows === 0) throw new ShapeError("labels", "are empty: there is nothing to judge");
  if (!sameClasses(classes, labels.classes))
    throw new ArgumentError(
      "predictions",
      `are over the classes ${classes.join(", ")} where the labels are over ${labels.classes.join(", ")}`,
    );
  checkMatrix(probabilities, "predictions.probabilities");
  checkOnePerRow({ "predictions.predicted": predicted }, rows, "labels");
  if (probabilities.rows !== rows || probabilities.cols !== classes.length)
    throw new ShapeError(
      "predictions.probabilities",
      `are ${probabilities.rows} x ${probabilities.cols} for ${rows} labels of ${classes.length} classes`,
    );
  checkFinite(probabilities, "predictions.probabilities");
  for (let row = 0; row < rows; row++) {
    if (!(predicted[row] >= 0 && predicted[row] < classes.length))
      throw new ArgumentError(
        "predictions.predicted",
        `names class ${predicted[row]} in row ${row}: there is none such`,
      );
    let sum = 0;
    for (let c = 0; c < classes.length; c++) sum += probabilities.data[row * classes.length + c];
    if (Math.abs(sum - 1) > 1e-3)
      throw new ArgumentError("predictions.probabilities", `add up to ${sum} in row ${row} where 1 is expected`);
  }
}

function scoresOf(label: string, c: number, confusion: Int32Array, classes: number): ClassScores {
  let [support, taken] = [0, 0];
  for (let other = 0; other < classes; other++) {
    support += confusion[c * classes + other];
    taken += confusion[other * classes + c];
  }
  const hits = confusion[c * classes + c];
  return { label, support, recall: hits / support, precision: hits / taken };
}

/** Probabilities are kept as far from 0 and 1 as 32-bit numbers are from each other at 1: one sure mistake is not all. */
const leastProbability = 2 ** -23;

function logLoss(probabilities: Float32Array, indices: Int32Array, classes: number): number {
  let sum = 0;
  indices.forEach((c, row) => {
    const probability = probabilities[row * classes + c];
    sum -= Math.log(Math.max(leastProbability, Math.min(1 - leastProbability, probability)));
  });
  return sum / indices.length;
}
