/** Whether one of two classifiers is better on the same pictures. */
import { ShapeError } from "../errors.js";
import { checkOnePerRow } from "../numeric/matrix.js";
import { logFactorial } from "./log-factorial.js";

export interface PairedTest {
  /** rows that both, only one or neither got right */
  readonly bothRight: number;
  readonly onlyA: number;
  readonly onlyB: number;
  readonly neither: number;
  /** exact two-sided binomial probability of a split of `onlyA + onlyB` at least so uneven by chance */
  readonly pValue: number;
}

/** Whether each row is right; anything but 0 and false counts as right. */
export type Rightness = ArrayLike<boolean | number>;

/**
 * McNemar's test in its exact form: only rows that one of the two got right and the other wrong say which is better,
 * and if neither is, each of them falls to either side like a coin. It takes rows as independent: pictures that are
 * near-duplicates of each other count as several.
 *
 * @param rightA whether the first classifier got each row right: [rows]
 * @param rightB the same rows for the second: [rows]
 * @throws ShapeError when the lists are empty or of different lengths
 * @see McNemar 1947, doi:10.1007/BF02295996
 */
export function mcnemar(rightA: Rightness, rightB: Rightness): PairedTest {
  const rows = rightA?.length ?? 0;
  if (rows === 0) throw new ShapeError("rightA", "is empty: give whether each row was right");
  checkOnePerRow({ rightB }, rows, "rows in rightA");
  let [bothRight, onlyA, onlyB, neither] = [0, 0, 0, 0];
  for (let row = 0; row < rows; row++) {
    if (rightA[row]) rightB[row] ? bothRight++ : onlyA++;
    else rightB[row] ? onlyB++ : neither++;
  }
  return { bothRight, onlyA, onlyB, neither, pValue: evenSplitProbability(onlyA, onlyB) };
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
