import { NotFiniteError } from "../errors.js";
import type { Matrix } from "../numeric/matrix.js";

/**
 * Scores as probabilities: exp(score / temperature) as shares of each row's sum, with the row's largest score taken away
 * first, so that nothing overflows. A score of -Infinity gives 0.
 *
 * @param firstRow the number of the first row, for the error
 * @throws NotFiniteError naming the first row with a score that is NaN or too large for 32 bits
 */
export function softmaxRows(
  { data, rows, cols }: Matrix,
  { temperature = 1, firstRow = 0 }: { temperature?: number; firstRow?: number } = {},
): Float32Array {
  const out = new Float32Array(data.length);
  const weights = new Float64Array(cols);
  for (let i = 0; i < rows; i++) {
    let largest = -Infinity;
    // Math.max gives NaN for NaN
    for (let c = 0; c < cols; c++) largest = Math.max(largest, data[i * cols + c]);
    if (!Number.isFinite(largest))
      throw new NotFiniteError(
        "x",
        firstRow + i,
        "the classifier's scores of that row leave the range of 32-bit numbers, so give vectors like those that it was trained on",
      );
    let sum = 0;
    for (let c = 0; c < cols; c++) {
      weights[c] = Math.exp((data[i * cols + c] - largest) / temperature);
      sum += weights[c];
    }
    for (let c = 0; c < cols; c++) out[i * cols + c] = weights[c] / sum;
  }
  return out;
}
