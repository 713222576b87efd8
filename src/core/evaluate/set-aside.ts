/** What splits and folds have in common: their options, and validation rows carved out of those that train. */
import type { ClassLabels } from "../classify/class-labels.js";
import { ArgumentError } from "../errors.js";
import { checkSeed, type Random } from "../numeric/random.js";
import { allocate } from "./allocate.js";

export interface DivideOptions {
  /** share of the rows not tested that is set aside for validation, 0 to below 1 @default 0.2 */
  readonly validation?: number;
  /** same seed, same rows @default 0 */
  readonly seed?: number;
  /** [rows], rows with the same number are never separated, such as `similarityGroups(…).groups` @default none */
  readonly groups?: ArrayLike<number>;
}

/** @throws ArgumentError for a validation share or a seed that is none */
export function checkDivision({ validation = 0, seed = 0 }: DivideOptions): void {
  if (!(validation >= 0 && validation < 1))
    throw new ArgumentError("validation", `is ${validation}: give a share from 0 to below 1`);
  checkSeed(seed);
}

/**
 * Divides groups of rows into those that train and those that choose settings; every class keeps one that trains.
 *
 * @param share of the rows that go to validation
 */
export function setAside(
  labels: ClassLabels,
  groups: readonly (readonly number[])[],
  share: number,
  random: Random,
): { train: Int32Array; validation: Int32Array } {
  if (share === 0) return { train: Int32Array.from(groups.flat()).sort(), validation: new Int32Array(0) };
  const [validation, train] = allocate(labels, groups, { shares: [share, 1 - share], home: 1, random });
  return { train, validation };
}

/** The groups whose rows are not among `rows`. */
export function groupsWithout(groups: readonly (readonly number[])[], rows: Int32Array): (readonly number[])[] {
  const gone = new Set(rows);
  return groups.filter(([first]) => !gone.has(first));
}
