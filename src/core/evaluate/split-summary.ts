import { type ClassLabels, checkLabels, classCounts, labelsOf } from "../classify/class-labels.js";
import type { Split } from "./split.js";

/** How many rows of each class the parts of a split have: [classes] each. */
export interface SplitCounts {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
}

export interface SplitSummary {
  readonly classes: readonly string[];
  /** one entry a split */
  readonly counts: readonly SplitCounts[];
  /** classes that have rows, none of which is tested */
  readonly untested: readonly string[];
  /** classes with rows that are tested where no row of theirs trains */
  readonly untrained: readonly string[];
}

/** What splits do with each class: with one or two pictures a class may go untested, or be tested without an example. */
export function splitSummary(labels: ClassLabels, splits: readonly Split[]): SplitSummary {
  checkLabels(labels);
  const countsOf = (rows: Int32Array): Int32Array => classCounts(labelsOf(labels, rows));
  const counts = splits.map(({ train, validation, test }) => ({
    ...{ train: countsOf(train), validation: countsOf(validation), test: countsOf(test) },
  }));
  const present = classCounts(labels);
  const { classes } = labels;
  return {
    ...{ classes, counts },
    untested: classes.filter((_, c) => present[c] > 0 && counts.every(({ test }) => test[c] === 0)),
    untrained: classes.filter((_, c) => counts.some(({ train, test }) => test[c] > 0 && train[c] === 0)),
  };
}
