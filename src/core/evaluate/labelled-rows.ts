/** Labelled rows as evaluations take them apart: those that a head is shown, and those that it is asked about. */
import { labelsOf, sameClasses } from "../classify/class-labels.js";
import type { LabelledRows, TrainedHead } from "../classify/head.js";
import { predict } from "../classify/predict.js";
import type { Predictions } from "../classify/predictions.js";
import { ArgumentError } from "../errors.js";
import { checkMatrix, checkOnePerRow } from "../numeric/matrix.js";
import { takeRows } from "../numeric/take-rows.js";
import { checkSeveralClasses } from "./check-labels.js";

/**
 * @throws ShapeError when the vectors are no matrix or there is not one label a row; as checkSeveralClasses for the labels
 */
export function checkLabelledRows({ vectors, labels }: LabelledRows): void {
  checkMatrix(vectors, "vectors");
  checkSeveralClasses(labels);
  checkOnePerRow({ labels: labels.indices }, vectors.rows, "vectors");
}

/** Copies of some of the rows. */
export function takeLabelled({ vectors, labels }: LabelledRows, rows: ArrayLike<number>): LabelledRows {
  return { vectors: takeRows(vectors, rows), labels: labelsOf(labels, rows) };
}

/** What a trained head says of some of the rows, in their order. @throws ArgumentError when it knows other classes */
export async function predictRows(
  { classifier }: TrainedHead,
  { vectors, labels }: LabelledRows,
  rows: ArrayLike<number>,
  signal?: AbortSignal,
): Promise<Predictions> {
  const predictions = await predict(classifier, takeRows(vectors, rows), signal ? { signal } : {});
  const { classes } = predictions;
  if (!sameClasses(classes, labels.classes))
    throw new ArgumentError(
      "head",
      `answers with the classes ${classes.join(", ")} where the rows have ${labels.classes.join(", ")}`,
    );
  return predictions;
}
