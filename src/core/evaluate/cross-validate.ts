/** Predictions for rows by classifiers that never saw them. */
import type { Head, LabelledRows, TrainedHead } from "../classify/head.js";
import { type Predictions, predictionsOf } from "../classify/predictions.js";
import { ofCell } from "../display-hook.js";
import { ArgumentError } from "../errors.js";
import { checkSplit, checkSplitRows } from "./check-split.js";
import { checkLabelledRows, predictRows, takeLabelled } from "./labelled-rows.js";
import type { DivideOptions } from "./set-aside.js";
import type { Split } from "./split.js";
import { stratifiedFolds } from "./stratified-folds.js";

export interface CrossValidateOptions extends DivideOptions {
  /** trained once a split */
  readonly head: Head;
  /** which rows train and which are tested; no row may be tested twice @default stratified folds */
  readonly splits?: readonly Split[];
  /** what to do about splits whose parts share rows; "allow" is for showing what that does @default "throw" */
  readonly overlap?: "throw" | "allow";
  /** how many folds, where no splits are given @default 5 */
  readonly folds?: number;
  /** stops between splits, and the head's training where it can stop */
  readonly signal?: AbortSignal;
  /** called after each split */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface CrossValidation {
  /** of the tested rows, in the order of `tested` */
  readonly predictions: Predictions;
  /** rows that were tested, in rising order: all of them under folds */
  readonly tested: Int32Array;
  readonly splits: readonly Split[];
  /** one entry a split */
  readonly trained: readonly TrainedHead[];
}

/**
 * Trains a head on each split's training rows and predicts its test rows. A head is handed copies of training and
 * validation rows alone, so that nothing that it learns, scaling included, can come from rows that are tested. Rows of a
 * class without training rows in their split are predicted all the same, as one of the others.
 *
 * @param rows vectors [rows, dim] with their labels
 * @param options.validation, seed and groups are those of `stratifiedFolds`; the seed is the head's too
 * @throws ShapeError when there is not one label a row; ArgumentError for a split whose parts share rows or that tests a
 *   row again, and for a head that knows other classes; what `stratifiedFolds` and the head throw
 */
export async function crossValidate(rows: LabelledRows, options: CrossValidateOptions): Promise<CrossValidation> {
  const { head, signal, onProgress, seed = 0 } = ofCell(options);
  checkLabelledRows(rows);
  const splits = options.splits ?? stratifiedFolds(rows.labels, options);
  const tested = testedRows(splits, rows.vectors.rows, options.overlap);
  const places = new Map(Array.from(tested, (row, place) => [row, place]));
  const { classes } = rows.labels;
  const probabilities = new Float32Array(tested.length * classes.length);
  const trained: TrainedHead[] = [];
  for (const split of splits) {
    signal?.throwIfAborted();
    const one = await trainOn(rows, split, head, { seed, ...(signal ? { signal } : {}) });
    const { probabilities: own } = await predictRows(one, rows, split.test, signal);
    split.test.forEach((row, i) => {
      const answer = own.data.subarray(i * classes.length, (i + 1) * classes.length);
      probabilities.set(answer, (places.get(row) as number) * classes.length);
    });
    trained.push(one);
    onProgress?.(trained.length, splits.length);
  }
  const matrix = { data: probabilities, rows: tested.length, cols: classes.length };
  return { predictions: predictionsOf(classes, matrix), tested, splits, trained };
}

function testedRows(
  splits: readonly Split[],
  rows: number,
  overlap: CrossValidateOptions["overlap"] = "throw",
): Int32Array {
  const check = overlap === "allow" ? checkSplitRows : checkSplit;
  if (splits.length === 0) throw new ArgumentError("splits", "are none: give one or more, or leave them out");
  const seen = new Uint8Array(rows);
  splits.forEach((split, i) => {
    check(split, rows, `splits[${i}]`);
    for (const row of split.test)
      if (seen[row]++)
        throw new ArgumentError(`splits[${i}]`, `tests row ${row}, which another split tests too: test each row once`);
  });
  return Int32Array.from(splits.flatMap(({ test }) => [...test])).sort();
}

async function trainOn(
  rows: LabelledRows,
  { train, validation }: Split,
  head: Head,
  options: { seed: number; signal?: AbortSignal },
): Promise<TrainedHead> {
  const data = takeLabelled(rows, train);
  const set = validation.length > 0 ? { ...data, validation: takeLabelled(rows, validation) } : data;
  const trained: TrainedHead | undefined = await head.train(set, options);
  if (trained?.classifier) return trained;
  throw new ArgumentError("head", `"${head.name}" trained no classifier: return { classifier, start, notes }`);
}
