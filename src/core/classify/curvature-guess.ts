/**
 * A guess of how curved the loss of logistic regression is, that is never too small: Böhning's bound, half the square of
 * the rows, of which the leading directions are kept and the others have their mean.
 *
 * @see Böhning 1992, doi:10.1007/BF00048682
 */
import { addProducts } from "../numeric/orthonormal.js";
import { leadingDirections } from "./leading-directions.js";
import type { HeldRows } from "./logistic-loss.js";

export interface Curvature {
  readonly rows: number;
  readonly cols: number;
  readonly classes: number;
  /** eigenvalues of XᵀX [kept], and the directions [kept, cols] */
  readonly values: Float64Array;
  readonly directions: Float64Array;
  /** the mean of the eigenvalues that are left out, 0 where none is */
  readonly rest: number;
}

/** Directions whose curvature is known one by one: more save iterations and cost time in each. */
const mostDirections = 64;
/** Multiplications that one use of the directions may take, which blocks the event loop. */
const mostWork = 2 ** 23;

/** @param squares the sum of the squares of all numbers in the rows */
export async function curvatureOf(held: HeldRows, squares: number, signal?: AbortSignal): Promise<Curvature> {
  const { rows, cols, classes } = held;
  const affordable = Math.max(1, Math.floor(mostWork / (2 * classes * cols)));
  const count = Math.min(cols, rows, mostDirections, affordable);
  const apply = (block: Float64Array, width: number) => held.applySquare(block, width, signal);
  const { values, vectors } = await leadingDirections(apply, cols, count, signal);
  const left = cols - values.length;
  const rest = left === 0 ? 0 : Math.max(0, squares - values.reduce((sum, v) => sum + v, 0)) / left;
  return { rows, cols, classes, values, directions: vectors, rest };
}

/** The inverse of that guess with a penalty on the weights, times weights [classes, cols] and biases [classes]. */
export function inverseCurvature(
  { rows, cols, classes, values, directions, rest }: Curvature,
  penalty: number,
): (vector: Float64Array) => Float64Array {
  const outside = 1 / (rest / 2 + penalty);
  const factors = values.map((v) => 1 / (v / 2 + penalty) - outside);
  return (vector) => {
    const out = vector.map((v, i) => v * (i < classes * cols ? outside : 2 / rows));
    const shares = new Float64Array(classes * factors.length);
    addProducts(shares, vector, classes, directions, cols, 0, factors.length);
    for (let i = 0; i < shares.length; i++) shares[i] *= factors[i % factors.length];
    addCombinations(out, shares, directions, cols);
    return out;
  };
}

/** Adds shares [count, kept] times directions [kept, cols] to the first rows of `out`: four directions share a pass. */
function addCombinations(out: Float64Array, shares: Float64Array, directions: Float64Array, cols: number): void {
  const kept = directions.length / cols;
  for (let at = 0, row = 0; at < shares.length; at += kept, row += cols) {
    let k = 0;
    for (; k + 4 <= kept; k += 4) {
      const d = k * cols;
      const [s0, s1, s2, s3] = [shares[at + k], shares[at + k + 1], shares[at + k + 2], shares[at + k + 3]];
      for (let j = 0; j < cols; j++)
        out[row + j] +=
          s0 * directions[d + j] +
          s1 * directions[d + cols + j] +
          s2 * directions[d + 2 * cols + j] +
          s3 * directions[d + 3 * cols + j];
    }
    for (; k < kept; k++) for (let j = 0; j < cols; j++) out[row + j] += shares[at + k] * directions[k * cols + j];
  }
}
