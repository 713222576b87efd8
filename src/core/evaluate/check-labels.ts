/** Checks labels before rows are divided or judged by them. */
import { type ClassLabels, classCounts } from "../classify/class-labels.js";
import { ArgumentError, DegenerateDataError } from "../errors.js";

/** @throws ArgumentError when the record holds no classes, or a row's class is none of them */
export function checkLabels(labels: ClassLabels, argument = "labels"): void {
  if (!Array.isArray(labels?.classes) || !(labels.indices instanceof Int32Array))
    throw new ArgumentError(argument, "must be a record { classes, indices }: make it with classLabels");
  const row = labels.indices.findIndex((index) => !(index >= 0 && index < labels.classes.length));
  if (row >= 0)
    throw new ArgumentError(
      argument,
      `holds class ${labels.indices[row]} in row ${row} where there are ${labels.classes.length} classes`,
    );
}

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
