/** What every head asks of its training rows. */
import { ArgumentError, DegenerateDataError, ShapeError } from "../errors.js";
import { checkMatrix, checkOnePerRow } from "../numeric/matrix.js";
import { checkLabels, classCounts, sameClasses } from "./class-labels.js";
import type { LabelledRows, TrainingSet } from "./head.js";

/**
 * Checks that there is something to learn, and that validation rows are of the same kind.
 *
 * @throws ShapeError when there are no rows or columns, not one label a row, or validation rows of another width;
 *   ArgumentError for a label that is none of the classes, or other classes in validation; DegenerateDataError when
 *   fewer than two classes have training rows
 */
export function checkTrainingSet({ validation, ...train }: TrainingSet, argument = "data"): void {
  checkLabelledRows(train, argument);
  const present = classCounts(train.labels).reduce((count, rows) => count + (rows > 0 ? 1 : 0), 0);
  if (present < 2)
    throw new DegenerateDataError(
      `${argument}.labels`,
      `give training rows of one class alone, "${train.labels.classes[train.labels.indices[0]]}", where a classifier needs two or more: add pictures of another class`,
    );
  if (!validation) return;
  checkLabelledRows(validation, `${argument}.validation`);
  if (validation.vectors.cols !== train.vectors.cols)
    throw new ShapeError(
      `${argument}.validation`,
      `has ${validation.vectors.cols} numbers a row where the training rows have ${train.vectors.cols}: use vectors of one model`,
    );
  const [own, others] = [train.labels.classes, validation.labels.classes];
  if (!sameClasses(own, others))
    throw new ArgumentError(
      `${argument}.validation`,
      `has the classes ${others.join(", ")} where the training rows have ${own.join(", ")}: number both by one list, as classLabels(labels, classes) does`,
    );
}

/** @throws ShapeError, ArgumentError as `checkTrainingSet`, of one set of rows */
function checkLabelledRows({ vectors, labels }: LabelledRows, argument: string): void {
  checkMatrix(vectors, `${argument}.vectors`);
  if (vectors.rows === 0 || vectors.cols === 0)
    throw new ShapeError(
      `${argument}.vectors`,
      `is ${vectors.rows} x ${vectors.cols}: give at least one row and one column`,
    );
  checkLabels(labels, `${argument}.labels`);
  checkOnePerRow({ [`${argument}.labels`]: labels.indices }, vectors.rows, "vectors");
}
