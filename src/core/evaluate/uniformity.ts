/** How evenly a representation spreads over the sphere. */
import { ofCell } from "../display-hook.js";
import { ArgumentError } from "../errors.js";
import type { Matrix } from "../numeric/matrix.js";
import type { Steps } from "../numeric/steps.js";
import { checkedDirections, type MeasureOptions } from "./directions.js";
import { eachSimilarityBlock, type SimilarityBlock } from "./similarity-blocks.js";

export interface UniformityOptions extends MeasureOptions {
  /** how fast a pair's weight falls with its squared distance, above 0 @default 2 */
  readonly t?: number;
  /** called after each block, with pairs of rows */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Uniformity: the logarithm of the mean Gaussian potential, exp(-t |x - y|²), of all pairs of rows, each brought to
 * length 1. The lower, the more evenly the vectors spread; 0 where all are the same, near -2t where they are many and
 * uncorrelated.
 *
 * @param x [rows, dim], rows of any length but zero
 * @throws ShapeError when there are fewer than 2 rows; ArgumentError for a t that is none; NotFiniteError and
 *   DegenerateDataError naming the first row that is not finite or zero
 * @see Wang & Isola 2020, arXiv:2005.10242
 */
export async function uniformity(x: Matrix, options: UniformityOptions = {}): Promise<number> {
  const { t = 2, signal, onProgress } = ofCell(options);
  if (!(t > 0 && t < Infinity)) throw new ArgumentError("t", `is ${t}: give a number above 0`);
  const directions = await checkedDirections(x, 2, signal);
  let sum = 0;
  const visit = function* (block: SimilarityBlock): Steps<void> {
    for (let i = 0; i < block.rows; i++) {
      sum += rowPotential(block, i, t);
      yield;
    }
  };
  await eachSimilarityBlock(directions, visit, { signal, ...(onProgress ? { onProgress } : {}) });
  return Math.log(sum / ((x.rows * (x.rows - 1)) / 2));
}

/** Over the pairs of a row with later ones. |x - y|² of unit rows is 2 - 2 x·y. */
function rowPotential({ from, baseFrom, baseRows, scores }: SimilarityBlock, i: number, t: number): number {
  let sum = 0;
  for (let j = Math.max(0, from + i + 1 - baseFrom); j < baseRows; j++)
    sum += Math.exp(2 * t * (Math.min(1, scores[i * baseRows + j]) - 1));
  return sum;
}
