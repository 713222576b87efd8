import { ShapeError } from "../errors.js";
import { columnMeans } from "./covariance.js";
import { checkMatrix, type Matrix } from "./matrix.js";

/**
 * The columns of `m` less `means`, as a new matrix.
 *
 * @param m samples by features
 * @param means [cols] what to take away, such as the means of the data that a basis was fitted on
 *   @default the column means of `m`
 * @throws ShapeError when `means` does not hold one number a column
 */
export function centreColumns(m: Matrix, means: ArrayLike<number> = columnMeans(m)): Matrix {
  checkMatrix(m, "m");
  const { data, rows, cols } = m;
  if (means.length !== cols)
    throw new ShapeError("means", `holds ${means.length} numbers where the matrix has ${cols} columns`);
  const out = new Float32Array(data.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) out[i * cols + j] = data[i * cols + j] - means[j];
  }
  return { data: out, rows, cols };
}
