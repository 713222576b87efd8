/** Cross-validation: several splits that together test every row once. */
import type { ClassLabels } from "../classify/class-labels.js";
import { ArgumentError, ShapeError } from "../errors.js";
import { seededRandom } from "../numeric/random.js";
import { allocate } from "./allocate.js";
import { checkSeveralClasses } from "./check-labels.js";
import { rowGroups } from "./row-groups.js";
import { checkDivision, type DivideOptions, groupsWithout, setAside } from "./set-aside.js";
import type { Split } from "./split.js";

export interface StratifiedFoldsOptions extends DivideOptions {
  /** how many splits, 2 or more @default 5 */
  readonly folds?: number;
}

/**
 * Divides rows at random into folds of one size that have the same share of every class: without groups both to within
 * one row, with groups as near as their sizes allow. A class may have fewer rows than there are folds. One of a single
 * picture, or of pictures that all belong together, is tested once, by a classifier that has no example of it;
 * `splitSummary` names such classes.
 *
 * @returns one split a fold: its rows are tested, the others train and choose settings; every row is tested once
 * @throws ArgumentError for a number of folds, a share or a seed that is none; ShapeError when there is not one group a
 *   row, or there are fewer groups (or rows) than folds; DegenerateDataError when fewer than two classes have rows
 */
export function stratifiedFolds(labels: ClassLabels, options: StratifiedFoldsOptions = {}): Split[] {
  const { folds = 5, validation = 0.2, seed = 0, groups } = options;
  checkSeveralClasses(labels);
  if (!Number.isInteger(folds) || folds < 2)
    throw new ArgumentError("folds", `is ${folds}: give a whole number, 2 or more`);
  checkDivision({ validation, seed });
  const together = rowGroups(labels.indices.length, groups);
  if (together.length < folds) {
    const what = groups ? "groups of rows" : "rows";
    throw new ShapeError("folds", `is ${folds} where there are ${together.length} ${what}: ask for fewer`);
  }
  const random = seededRandom(seed);
  const shares = Array.from({ length: folds }, () => 1 / folds);
  return allocate(labels, together, { shares, random }).map((test) => ({
    ...setAside(labels, groupsWithout(together, test), validation, random),
    ...{ test, seed },
  }));
}
