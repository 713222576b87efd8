/**
 * Few rows of many columns in coordinates of the space that they span. What depends on products of rows alone, as a
 * regression with an L2 penalty does, is the same there and has that many fewer numbers.
 */
import type { Matrix } from "../numeric/matrix.js";
import { addProducts, orthonormaliseSteps } from "../numeric/orthonormal.js";
import { seededRandom } from "../numeric/random.js";
import { rowRanges, type Steps } from "../numeric/steps.js";

export interface RowSpace {
  /** [rank, cols], orthonormal rows whose combinations all the rows are */
  readonly basis: Float64Array;
  readonly rank: number;
  readonly cols: number;
}

/** Making the basis costs rows² x cols, which fewer numbers must win back. */
const leastSaving = 2;

/** @returns undefined where the rows are too many to save anything */
export function* rowSpaceSteps({ data, rows, cols }: Matrix): Steps<RowSpace | undefined> {
  if (rows * leastSaving > cols) return undefined;
  const basis = Float64Array.from(data);
  yield* orthonormaliseSteps(basis, rows, cols, seededRandom(0));
  return { basis, rank: rows, cols };
}

/** Rows in coordinates of the space, what lies outside of it left out: [rows, rank]. */
export function* coordinatesSteps({ data, rows }: Matrix, { basis, rank, cols }: RowSpace): Steps<Matrix> {
  const out = new Float32Array(rows * rank);
  for (const { from, to } of rowRanges(rows, rank * cols)) {
    const block = Float64Array.from(data.subarray(from * cols, to * cols));
    const products = new Float64Array((to - from) * rank);
    addProducts(products, block, to - from, basis, cols, 0, rank);
    out.set(products, from * rank);
    yield;
  }
  return { data: out, rows, cols: rank };
}

/** Vectors [count, rank] in coordinates of the space as vectors of all columns: [count, cols]. */
export function fromCoordinates(coordinates: Float64Array, { basis, rank, cols }: RowSpace): Float64Array {
  const count = coordinates.length / rank;
  const out = new Float64Array(count * cols);
  for (let i = 0; i < count; i++)
    for (let k = 0; k < rank; k++) {
      const share = coordinates[i * rank + k];
      for (let j = 0; j < cols; j++) out[i * cols + j] += share * basis[k * cols + j];
    }
  return out;
}
