/** How near to each other a representation puts what belongs together. */
import { type ClassLabels, checkLabels } from "../classify/class-labels.js";
import { ofCell } from "../display-hook.js";
import { ArgumentError, DegenerateDataError, ShapeError } from "../errors.js";
import { inTurns } from "../numeric/in-turns.js";
import { checkOnePerRow, type Matrix } from "../numeric/matrix.js";
import type { Steps } from "../numeric/steps.js";
import { checkedDirections, type MeasureOptions } from "./directions.js";

export interface AlignmentOptions extends MeasureOptions {
  /** power of the distances, above 0 @default 2 */
  readonly alpha?: number;
}

/**
 * Alignment: the mean of the distances of positive pairs, raised to a power; all rows are brought to length 1 first.
 * The lower, the nearer are pictures that belong together: 0 where they are the same to the model, 2 (at the power of 2)
 * where they are as far from each other as any. Says little without `uniformity`, since a model that sees no difference
 * at all has an alignment of 0.
 *
 * @param x [rows, dim], rows of any length but zero
 * @param positives a second view of each row, [rows, dim], or labels: then all pairs of rows of one class are positive
 * @throws ShapeError when there are no rows, or the second views or labels are not as many; ArgumentError for a power that
 *   is none; DegenerateDataError when no two rows share a class, or naming the first row of zeros; NotFiniteError naming
 *   the first bad row
 * @see Wang & Isola 2020, arXiv:2005.10242
 */
export async function alignment(
  x: Matrix,
  positives: Matrix | ClassLabels,
  options: AlignmentOptions = {},
): Promise<number> {
  const { alpha = 2, signal } = ofCell(options);
  if (!(alpha > 0 && alpha < Infinity)) throw new ArgumentError("alpha", `is ${alpha}: give a power above 0`);
  const directions = await checkedDirections(x, 1, signal);
  if ("classes" in positives) return inTurns(alignmentOfClasses(directions, positives, alpha), signal);
  const views = await checkedDirections(positives, 1, signal, "positives");
  if (views.rows !== x.rows || views.cols !== x.cols)
    throw new ShapeError(
      "positives",
      `is ${views.rows} x ${views.cols} where x is ${x.rows} x ${x.cols}: give a second view of each row`,
    );
  return inTurns(meanDistance(directions, views, alpha), signal);
}

function* meanDistance(a: Matrix, b: Matrix, alpha: number): Steps<number> {
  let sum = 0;
  for (let row = 0; row < a.rows; row++) {
    sum += squaredDistance(a, row, b, row) ** (alpha / 2);
    yield;
  }
  return sum / a.rows;
}

function* alignmentOfClasses(x: Matrix, labels: ClassLabels, alpha: number): Steps<number> {
  checkLabels(labels, "positives");
  checkOnePerRow({ positives: labels.indices }, x.rows, "rows");
  const members = labels.classes.map((): number[] => []);
  labels.indices.forEach((c, row) => {
    members[c].push(row);
  });
  const pairs = members.reduce((sum, { length }) => sum + (length * (length - 1)) / 2, 0);
  if (pairs === 0)
    throw new DegenerateDataError("positives", "give no class two rows, so that there is no pair: add pictures");
  let sum = 0;
  for (const rows of members) sum += yield* alpha === 2 ? squareSum(x, rows) : powerSum(x, rows, alpha);
  return sum / pairs;
}

/** Over all pairs of the rows, without visiting them: n Σ|x|² - |Σx|². */
function* squareSum({ data, cols }: Matrix, rows: readonly number[]): Steps<number> {
  const total = new Float64Array(cols);
  let squares = 0;
  for (const row of rows) {
    for (let j = 0; j < cols; j++) {
      const value = data[row * cols + j];
      total[j] += value;
      squares += value * value;
    }
    yield;
  }
  const spread = rows.length * squares - total.reduce((sum, value) => sum + value * value, 0);
  return Math.max(0, spread); // equal rows may end a rounding below
}

function* powerSum(x: Matrix, rows: readonly number[], alpha: number): Steps<number> {
  let sum = 0;
  for (const [i, row] of rows.entries()) {
    for (let j = 0; j < i; j++) sum += squaredDistance(x, row, x, rows[j]) ** (alpha / 2);
    yield;
  }
  return sum;
}

function squaredDistance(a: Matrix, i: number, b: Matrix, j: number): number {
  const { cols } = a;
  let sum = 0;
  for (let t = 0; t < cols; t++) sum += (a.data[i * cols + t] - b.data[j * cols + t]) ** 2;
  return sum;
}
