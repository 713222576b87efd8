/** How many directions a representation really uses. */
import { ofCell } from "../display-hook.js";
import { smallerGram } from "../numeric/gram.js";
import { inTurns } from "../numeric/in-turns.js";
import type { Matrix } from "../numeric/matrix.js";
import { symmetricEigenvalueSteps } from "../numeric/tridiagonal.js";
import { checkedDirections, type MeasureOptions } from "./directions.js";

/** what Garrido et al. add to each share, so that shares of 0 have a logarithm */
const epsilon = 1e-7;

/**
 * RankMe: the exponential of the entropy of the singular values' shares, a smooth count of the directions in which the
 * vectors differ. Needs no labels; of models of one kind, the higher has been the better on other tasks. The rows are
 * brought to length 1 first. Compare it between models on the same pictures only, and with many more pictures than
 * numbers a vector: it cannot exceed either.
 *
 * @param x [rows, dim], rows of any length but zero
 * @returns 1 to about min(rows, dim)
 * @throws ShapeError when there are no rows; NotFiniteError and DegenerateDataError naming the first row that is not
 *   finite or zero
 * @see Garrido, Balestriero, Najman & LeCun 2023, arXiv:2210.02885
 */
export async function rankMe(x: Matrix, options: MeasureOptions = {}): Promise<number> {
  const { signal } = ofCell(options);
  const directions = await checkedDirections(x, 1, signal);
  const { products, size } = await smallerGram(directions, signal);
  const values = await inTurns(symmetricEigenvalueSteps(products, size), signal);
  // what is below the rounding of the largest eigenvalue is nothing but that: its root would count for something
  const rounding = size * Number.EPSILON * values[0];
  const singular = values.map((value) => (value > rounding ? Math.sqrt(value) : 0));
  const total = singular.reduce((sum, value) => sum + value, 0);
  let entropy = 0;
  for (const value of singular) {
    const share = value / total + epsilon;
    entropy -= share * Math.log(share);
  }
  return Math.exp(entropy);
}
