/** Whether one of two classifiers is better on the same pictures. */
import { ShapeError } from "../errors.js";
import { checkOnePerRow } from "../numeric/matrix.js";
import { logFactorial } from "./log-factorial.js";
import { rowGroups } from "./row-groups.js";
import { signFlipProbability } from "./sign-flips.js";

export interface PairedTest {
  /** rows that both, only one or neither got right */
  readonly bothRight: number;
  readonly onlyA: number;
  readonly onlyB: number;
  readonly neither: number;
  /** exact two-sided probability of a split of `onlyA + onlyB` at least so uneven by chance */
  readonly pValue: number;
}

export interface McnemarOptions {
  /** [rows], rows with the same number fall together, such as near-duplicates @default every row on its own */
  readonly groups?: ArrayLike<number>;
}

/** Whether each row is right; anything but 0 and false counts as right. */
export type Rightness = ArrayLike<boolean | number>;

/**
 * McNemar's test in its exact form: only rows that one of the two got right and the other wrong say which is better,
 * and if neither is, each of them falls to either side like a coin. Rows of one group fall with one coin, to which side
 * however many of them do: copies of a picture say no more than the picture.
 *
 * @param rightA whether the first classifier got each row right: [rows]
 * @param rightB the same rows for the second: [rows]
 * @throws ShapeError when the lists are empty or of different lengths, or when there is not one group a row
 * @see McNemar 1947, doi:10.1007/BF02295996; Fisher 1935, The Design of Experiments, section 21, for groups
 */
export function mcnemar(rightA: Rightness, rightB: Rightness, { groups }: McnemarOptions = {}): PairedTest {
  const rows = rightA?.length ?? 0;
  if (rows === 0) throw new ShapeError("rightA", "is empty: give whether each row was right");
  checkOnePerRow({ rightB }, rows, "rows in rightA");
  let [bothRight, onlyA, onlyB, neither] = [0, 0, 0, 0];
  for (let row = 0; row < rows; row++) {
    if (rightA[row]) rightB[row] ? bothRight++ : onlyA++;
    else rightB[row] ? onlyB++ : neither++;
  }
  const pValue = groups
    ? signFlipProbability(rowGroups(rows, groups).map((own) => leadOf(own, rightA, rightB)))
    : evenSplitProbability(onlyA, onlyB);
  return { bothRight, onlyA, onlyB, neither, pValue };
}

/** How many of the rows the first got right and the second wrong, less those that are the other way round. */
function leadOf(rows: readonly number[], rightA: Rightness, rightB: Rightness): number {
  return rows.reduce((lead, row) => lead + (rightA[row] ? 1 : 0) - (rightB[row] ? 1 : 0), 0);
}

/** The probability that so many fair coins fall at least as unevenly, to either side. */
export function evenSplitProbability(a: number, b: number): number {
  const n = a + b;
  const fewer = Math.min(a, b);
  if (a === b) return 1;
  // the terms below the largest one, as shares of it: these do not underflow
  let term = 1;
  let sum = 1;
  for (let k = fewer; k > 0 && term > Number.EPSILON * sum; k--) {
    term *= k / (n - k + 1);
    sum += term;
  }
  const largest = logFactorial(n) - logFactorial(fewer) - logFactorial(n - fewer) - n * Math.LN2;
  return Math.min(1, Math.exp(largest + Math.LN2 + Math.log(sum)));
}
