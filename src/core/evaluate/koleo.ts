/** How evenly vectors keep their distance. */
import { ofCell } from "../display-hook.js";
import type { Matrix } from "../numeric/matrix.js";
import { neighbours } from "../numeric/neighbours.js";
import { checkedDirections, type MeasureOptions } from "./directions.js";

/** what DINOv2 adds to each distance, so that copies have a logarithm */
const epsilon = 1e-8;

/**
 * The KoLeo estimator of Kozachenko and Leonenko, as DINOv2 regularises with it: minus the mean logarithm of each row's
 * distance to its nearest other row, all of length 1. The lower, the more evenly the vectors spread over the sphere; a
 * row that is there twice adds 18.4 for either. It falls slowly as rows are added: compare equal numbers.
 *
 * @param x [rows, dim], rows of any length but zero
 * @throws ShapeError when there are fewer than 2 rows; NotFiniteError and DegenerateDataError naming the first row that
 *   is not finite or zero
 * @see Sablayrolles et al. 2019, arXiv:1806.03198; Oquab et al. 2023, arXiv:2304.07193
 */
export async function koLeo(x: Matrix, options: MeasureOptions = {}): Promise<number> {
  const { signal } = ofCell(options);
  const directions = await checkedDirections(x, 2, signal);
  const { distances } = await neighbours(directions, {
    ...{ k: 1, metric: "euclidean", excludeSelf: true },
    ...(signal ? { signal } : {}),
  });
  return -distances.reduce((sum, distance) => sum + Math.log(distance + epsilon), 0) / x.rows;
}
