/** How accuracy grows with the number of labelled pictures a class. */
import type { Head, LabelledRows } from "../classify/head.js";
import { ofCell } from "../display-hook.js";
import { ArgumentError } from "../errors.js";
import { checkOnePerRow } from "../numeric/matrix.js";
import { checkCount } from "../numeric/neighbours.js";
import { checkSeed, seededRandom } from "../numeric/random.js";
import { checkSplit } from "./check-split.js";
import { checkLabelledRows, predictRows, takeLabelled } from "./labelled-rows.js";
import type { Split } from "./split.js";
import { drawOrder, numbersPerClass, poolOf } from "./training-draws.js";

export interface LabelEfficiency {
  /** one entry a number of training rows a class, rising */
  readonly points: readonly EfficiencyPoint[];
  readonly draws: number;
  /** rows that every draw is tested on */
  readonly testRows: number;
  /** the head's name */
  readonly head: string;
}

export interface EfficiencyPoint {
  /** training rows of each class; classes with fewer give all that they have */
  readonly perClass: number;
  /** mean accuracy over the draws */
  readonly mean: number;
  /** lowest and highest accuracy of a draw */
  readonly low: number;
  readonly high: number;
  /** one entry a draw */
  readonly accuracies: readonly number[];
}

export interface LabelEfficiencyOptions {
  /** the rows that are tested; those that train or validate are what is drawn from */
  readonly splits: readonly Split[];
  /** trained once a draw, number and split, without validation */
  readonly head: Head;
  /** training rows of each class @default 1, 2, 5, 10, 20, 50, … as far as half of the classes have so many */
  readonly perClass?: readonly number[];
  /** random choices of the training rows @default 10 */
  readonly draws?: number;
  /** same seed and splits, same rows drawn, whatever the vectors and the head @default 0 */
  readonly seed?: number;
  /** [rows], rows with the same number count as one picture: the others of a group are drawn last */
  readonly groups?: ArrayLike<number>;
  readonly signal?: AbortSignal;
  /** called after each training */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Trains a head on few rows of each class, several times over, and tests it on the splits' test rows. A draw puts each
 * class's rows into a random order and takes the first so many of it, so that more rows include the fewer; with several
 * splits, such as folds, an accuracy is over the test rows of all of them. Rows that the splits set aside for validation
 * are drawn as well: nothing here validates.
 *
 * @param rows vectors [rows, dim] with their labels
 * @throws ArgumentError for splits, numbers or draws that are none; ShapeError when there is not one label or group a
 *   row; DegenerateDataError when fewer than two classes have rows; what the head throws
 */
export async function labelEfficiency(rows: LabelledRows, options: LabelEfficiencyOptions): Promise<LabelEfficiency> {
  const { splits, head, draws = 10, seed = 0, groups, signal, onProgress } = ofCell(options);
  checkLabelledRows(rows);
  checkDraws(options, rows.vectors.rows);
  const pools = splits.map(poolOf);
  const numbers = numbersPerClass(options.perClass, rows.labels, pools);
  const total = draws * splits.length * numbers.length;
  const right = numbers.map(() => new Array<number>(draws).fill(0));
  const random = seededRandom(seed);
  let done = 0;
  for (let draw = 0; draw < draws; draw++) {
    for (const [i, { test }] of splits.entries()) {
      const order = drawOrder(pools[i], rows.labels, random, groups);
      for (const [n, perClass] of numbers.entries()) {
        signal?.throwIfAborted();
        const train = order.flatMap((own) => own.slice(0, perClass)).sort((a, b) => a - b);
        right[n][draw] += await countRight(rows, { train, test, head, seed: seed + draw, signal });
        onProgress?.(++done, total);
      }
    }
  }
  const testRows = splits.reduce((sum, { test }) => sum + test.length, 0);
  const points = numbers.map((perClass, n) => pointOf(perClass, right[n], testRows));
  return { points, draws, testRows, head: head.name };
}

function checkDraws({ splits, draws = 10, seed = 0, groups }: LabelEfficiencyOptions, rows: number): void {
  checkCount(draws, "draws");
  checkSeed(seed);
  if (splits.length === 0) throw new ArgumentError("splits", "are none: give one or more");
  for (const [i, split] of splits.entries()) checkSplit(split, rows, `splits[${i}]`);
  checkOnePerRow({ groups }, rows, "rows");
}

interface Trial {
  readonly train: readonly number[];
  readonly test: Int32Array;
  readonly head: Head;
  readonly seed: number;
  readonly signal: AbortSignal | undefined;
}

async function countRight(rows: LabelledRows, { train, test, head, seed, signal }: Trial): Promise<number> {
  const trained = await head.train(takeLabelled(rows, train), { seed, ...(signal ? { signal } : {}) });
  const { predicted } = await predictRows(trained, rows, test, signal);
  return predicted.filter((c, i) => c === rows.labels.indices[test[i]]).length;
}

function pointOf(perClass: number, right: readonly number[], testRows: number): EfficiencyPoint {
  const accuracies = right.map((count) => count / testRows);
  const mean = right.reduce((sum, count) => sum + count, 0) / (right.length * testRows);
  return { perClass, mean, low: Math.min(...accuracies), high: Math.max(...accuracies), accuracies };
}
