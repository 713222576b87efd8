/** Whether a confidence of 80 % is right in 80 % of the cases. */
import { ArgumentError, ShapeError } from "../errors.js";
import { checkOnePerRow } from "../numeric/matrix.js";
import { checkCount } from "../numeric/neighbours.js";
import type { Rightness } from "./mcnemar.js";

export interface Calibration {
  /** bins of equal width over the confidence, those that hold no row left out */
  readonly bins: readonly CalibrationBin[];
  /** mean gap between confidence and accuracy, weighted by rows: expected calibration error, 0 to 1 */
  readonly expectedError: number;
}

/** Rows with a confidence above `from`, up to and including `to`; the first bin also holds 0. */
export interface CalibrationBin {
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  readonly meanConfidence: number;
  readonly accuracy: number;
}

/**
 * @param confidence of each row's prediction, 0 to 1: [rows]
 * @param right whether the prediction was right: [rows]
 * @param bins how many @default 10
 * @throws ShapeError when the lists are empty or of different lengths; ArgumentError for a confidence or a number of
 *   bins that is none
 * @see Guo et al. 2017, arXiv:1706.04599
 */
export function calibration(confidence: ArrayLike<number>, right: Rightness, bins = 10): Calibration {
  checkCount(bins, "bins");
  const rows = confidence?.length ?? 0;
  if (rows === 0) throw new ShapeError("confidence", "is empty: give one a row");
  checkOnePerRow({ right }, rows, "confidences");
  const sums = Array.from({ length: bins }, () => ({ rows: 0, confidence: 0, right: 0 }));
  for (let row = 0; row < rows; row++) {
    const bin = sums[binOf(confidence[row], bins, row)];
    bin.rows++;
    bin.confidence += confidence[row];
    if (right[row]) bin.right++;
  }
  const found = sums.map((sum, i) => ({
    ...{ from: i / bins, to: (i + 1) / bins, rows: sum.rows },
    meanConfidence: sum.confidence / sum.rows,
    accuracy: sum.right / sum.rows,
  }));
  const held = found.filter((bin) => bin.rows > 0);
  const gaps = held.map((bin) => (bin.rows / rows) * Math.abs(bin.meanConfidence - bin.accuracy));
  return { bins: held, expectedError: gaps.reduce((sum, gap) => sum + gap, 0) };
}

function binOf(confidence: number, bins: number, row: number): number {
  // softmax in 32 bits may end a little above 1
  if (!(confidence >= 0 && confidence <= 1 + 1e-5))
    throw new ArgumentError("confidence", `is ${confidence} in row ${row}: give numbers from 0 to 1`);
  const bin = Math.min(bins - 1, Math.floor(confidence * bins));
  return bin > 0 && confidence <= bin / bins ? bin - 1 : bin;
}
