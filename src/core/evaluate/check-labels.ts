/** Checks labels before rows are divided or judged by them. */
import { type ClassLabels, checkLabels, classCounts } from "../classify/class-labels.js";
import { DegenerateDataError } from "../errors.js";

/** @throws as checkLabels, and DegenerateDataError when fewer than two classes have rows */
export function checkSeveralClasses(labels: ClassLabels, argument = "labels"): void {
  checkLabels(labels, argument);
  const counts = classCounts(labels);
  const present = labels.classes.filter((_, c) => counts[c] > 0);
  if (present.length >= 2) return;
  const found = present.length === 1 ? `only the class "${present[0]}"` : "no row";
  throw new DegenerateDataError(
    argument,
    `hold ${found}, which leaves nothing to tell apart: give two classes or more`,
  );
}
