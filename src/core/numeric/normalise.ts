import { DegenerateDataError, NotFiniteError } from "../errors.js";
import { checkMatrix, type Matrix } from "./matrix.js";
import { finish, rowRanges, type Steps } from "./steps.js";

/** The Euclidean length of every row, summed in 64 bits. NaN or infinite where the row holds such a number. */
export function rowLengths(m: Matrix): Float64Array {
  return finish(rowLengthsSteps(m));
}

/** `rowLengths`, step by step. */
export function* rowLengthsSteps({ data, rows, cols }: Matrix): Steps<Float64Array> {
  const lengths = new Float64Array(rows);
  for (const { from, to } of rowRanges(rows, cols)) {
    for (let i = from; i < to; i++) {
      let sum = 0;
      for (let j = i * cols; j < (i + 1) * cols; j++) sum += data[j] * data[j];
      lengths[i] = Math.sqrt(sum);
    }
    yield;
  }
  return lengths;
}

/**
 * The rows of `m` divided by their Euclidean length, as a new matrix.
 *
 * @param m samples by features
 * @returns a matrix of the same shape whose rows have length 1; `m` is left as it is
 * @throws NotFiniteError naming the first row that holds NaN or an infinity; DegenerateDataError naming the first row
 *   of length zero, which has no direction
 */
export function normaliseRows(m: Matrix, argument = "m"): Matrix {
  return finish(normaliseRowsSteps(m, argument));
}

/** `normaliseRows`, step by step. */
export function* normaliseRowsSteps(m: Matrix, argument: string, naming: RowNaming = {}): Steps<Matrix> {
  checkMatrix(m, argument);
  return yield* divideRowsSteps(m, yield* directedLengthsSteps(m, argument, naming));
}

/** How errors speak of rows. */
export interface RowNaming {
  /** the number of the first row @default 0 */
  readonly from?: number;
  /** what to do about a row of zeros @default "remove it or use the euclidean metric" */
  readonly advice?: string;
}

/** The rows divided by their lengths, as a new matrix. */
export function* divideRowsSteps({ data, rows, cols }: Matrix, lengths: Float64Array): Steps<Matrix> {
  const out = new Float32Array(data.length);
  for (const { from, to } of rowRanges(rows, cols)) {
    for (let i = from; i < to; i++) {
      for (let j = i * cols; j < (i + 1) * cols; j++) out[j] = data[j] / lengths[i];
    }
    yield;
  }
  return { data: out, rows, cols };
}

/** The rows' lengths, all of them finite and above zero. @throws as normaliseRows */
export function* directedLengthsSteps(
  m: Matrix,
  argument: string,
  { from = 0, advice = "remove it or use the euclidean metric" }: RowNaming = {},
): Steps<Float64Array> {
  const lengths = yield* rowLengthsSteps(m);
  lengths.forEach((length, i) => {
    // x - x is 0 for every finite number and NaN for the others
    if (length - length !== 0) throw new NotFiniteError(argument, from + i);
    if (length === 0)
      throw new DegenerateDataError(argument, `has a row of zeros, row ${from + i}, which has no direction: ${advice}`);
  });
  return lengths;
}
