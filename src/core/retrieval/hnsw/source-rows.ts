/** Rows of a source as a graph takes them: checked, and of length 1. */
import { DegenerateDataError, NotFiniteError, ShapeError } from "../../errors.js";
import { checkMatrix, type Matrix } from "../../numeric/matrix.js";
import type { VectorSource } from "../searcher.js";

/** rows that are read, added and compared together */
export const rowsAtOnce = 2000;

/**
 * @param rows ascending
 * @throws ShapeError when the source gives something else
 */
export function readRows(source: VectorSource, rows: Int32Array): Matrix {
  const { cols } = source;
  const [first, last] = [rows[0], rows[rows.length - 1]];
  if (last - first === rows.length - 1) {
    const block = source.read(first, last + 1);
    checkMatrix(block, "vectors");
    if (block.rows !== rows.length || block.cols !== cols) throw otherShape(source, block);
    return block;
  }
  const data = new Float32Array(rows.length * cols);
  rows.forEach((row, i) => {
    const vector = source.vector(row);
    if (vector.length !== cols) throw otherShape(source, { rows: 1, cols: vector.length });
    data.set(vector, i * cols);
  });
  return { data, rows: rows.length, cols };
}

function otherShape({ cols }: VectorSource, got: { rows: number; cols: number }): ShapeError {
  return new ShapeError("vectors", `gave ${got.rows} x ${got.cols} numbers where ${cols} a row were promised`);
}

/**
 * The rows divided by their lengths, in memory of their own.
 *
 * @param rowAt what an error calls a row
 * @throws NotFiniteError and DegenerateDataError naming the first row that is not finite or zero
 */
export function directions(
  { data, rows, cols }: Matrix,
  argument: string,
  rowAt: (i: number) => number = (i) => i,
): Float32Array {
  const out = new Float32Array(rows * cols);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let j = i * cols; j < (i + 1) * cols; j++) sum += data[j] * data[j];
    if (sum - sum !== 0) throw new NotFiniteError(argument, rowAt(i));
    if (sum === 0)
      throw new DegenerateDataError(argument, `has a row of zeros, row ${rowAt(i)}: it has no direction, remove it`);
    const inverse = 1 / Math.sqrt(sum);
    for (let j = i * cols; j < (i + 1) * cols; j++) out[j] = data[j] * inverse;
  }
  return out;
}
