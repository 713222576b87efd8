import { ShapeError } from "../errors.js";
import { inTurns } from "../numeric/in-turns.js";
import { checkMatrix, type Matrix } from "../numeric/matrix.js";
import { normaliseRowsSteps } from "../numeric/normalise.js";

/** Of measures of vectors without a classifier. */
export interface MeasureOptions {
  readonly signal?: AbortSignal;
}

/**
 * The rows of `x`, each divided by its length.
 *
 * @param fewest rows that the measure needs
 * @throws ShapeError when there are fewer; NotFiniteError and DegenerateDataError naming the first bad row
 */
export async function checkedDirections(
  x: Matrix,
  fewest: number,
  signal: AbortSignal | undefined,
  argument = "x",
): Promise<Matrix> {
  checkMatrix(x, argument);
  if (x.rows < fewest || x.cols === 0)
    throw new ShapeError(argument, `is ${x.rows} x ${x.cols}: give at least ${fewest} rows and one column`);
  return inTurns(normaliseRowsSteps(x, argument), signal);
}
