/** What a classifier says of some rows. */
import { ShapeError } from "../errors.js";
import { checkMatrix, type Matrix } from "../numeric/matrix.js";

export interface Predictions {
  /** names of the classes, in the order of the columns of `probabilities` */
  readonly classes: readonly string[];
  /** [rows, classes]; each row adds up to 1 */
  readonly probabilities: Matrix;
  /** [rows], the most probable class of each as a place in `classes`; the first of those that are equally probable */
  readonly predicted: Int32Array;
}

/** @param probabilities [rows, classes], each row adding up to 1 */
export function predictionsOf(classes: readonly string[], probabilities: Matrix): Predictions {
  checkMatrix(probabilities, "probabilities");
  const { data, rows, cols } = probabilities;
  if (cols !== classes.length)
    throw new ShapeError("probabilities", `have ${cols} columns where there are ${classes.length} classes`);
  const predicted = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    let best = 0;
    for (let c = 1; c < cols; c++) if (data[row * cols + c] > data[row * cols + best]) best = c;
    predicted[row] = best;
  }
  return { classes, probabilities, predicted };
}

/** The probability of the predicted class of each row: [rows]. */
export function confidences({ probabilities: { data, cols }, predicted }: Predictions): Float32Array {
  return Float32Array.from(predicted, (c, row) => data[row * cols + c]);
}
