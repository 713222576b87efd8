import { ShapeError } from "../errors.js";
import { columnMeans } from "./covariance.js";
import { checkMatrix, type Matrix } from "./matrix.js";
import { finish, rowRanges, type Steps } from "./steps.js";

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
  const { cols } = m;
  if (means.length !== cols)
    throw new ShapeError("means", `holds ${means.length} numbers where the matrix has ${cols} columns`);
  return finish(centreColumnsSteps(m, means, 1));
}

/** The columns of `m` less `means`, times `scale`, step by step. */
export function* centreColumnsSteps(
  { data, rows, cols }: Matrix,
  means: ArrayLike<number>,
  scale: number,
): Steps<Matrix> {
  const out = new Float32Array(data.length);
  for (const { from, to } of rowRanges(rows, cols)) {
    for (let i = from * cols; i < to * cols; i += cols)
      for (let j = 0; j < cols; j++) out[i + j] = (data[i + j] - means[j]) * scale;
    yield;
  }
  return { data: out, rows, cols };
}
