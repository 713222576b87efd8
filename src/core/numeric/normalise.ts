import { DegenerateDataError, NotFiniteError } from "../errors.js";
import { checkMatrix, type Matrix } from "./matrix.js";

/** The Euclidean length of every row, summed in 64 bits. NaN or infinite where the row holds such a number. */
export function rowLengths(m: Matrix): Float64Array {
  const { data, rows, cols } = m;
  const lengths = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let j = i * cols; j < (i + 1) * cols; j++) sum += data[j] * data[j];
    lengths[i] = Math.sqrt(sum);
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
  checkMatrix(m, argument);
  const { data, rows, cols } = m;
  const lengths = directedLengths(m, argument);
  const out = new Float32Array(data.length);
  for (let i = 0; i < rows; i++) {
    for (let j = i * cols; j < (i + 1) * cols; j++) out[j] = data[j] / lengths[i];
  }
  return { data: out, rows, cols };
}

/** The rows' lengths, all of them finite and above zero. @throws as normaliseRows */
export function directedLengths(m: Matrix, argument: string): Float64Array {
  const lengths = rowLengths(m);
  lengths.forEach((length, i) => {
    // x - x is 0 for every finite number and NaN for the others
    if (length - length !== 0) throw new NotFiniteError(argument, i);
    if (length === 0)
      throw new DegenerateDataError(
        argument,
        `has a row of zeros, row ${i}, which has no direction: remove it or use the euclidean metric`,
      );
  });
  return lengths;
}
