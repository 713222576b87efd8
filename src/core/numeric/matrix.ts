/** The two records that everything else passes around: a matrix, and the grid of patch vectors of one image. */
import { ArgumentError, NotFiniteError, ShapeError } from "../errors.js";
import type { Picture } from "../picture.js";
import { concatenated } from "./concatenated.js";
import { finish, rowRanges, type Steps } from "./steps.js";

/** Numbers in row-major order: entry (i, j) is `data[i * cols + j]`. */
export interface Matrix {
  data: Float32Array;
  rows: number;
  cols: number;
}

/** The patch vectors of one image, token by token: patch (r, c) starts at `data[(r * cols + c) * dim]`. */
export interface Patches {
  data: Float32Array;
  /** patches from top to bottom */
  rows: number;
  /** patches from left to right */
  cols: number;
  /** numbers a patch */
  dim: number;
  /** the picture that they describe, where known */
  picture?: Picture;
  /** the model that they come from, where known */
  modelName?: string;
  /** height and width of that model's input in pixels */
  inputSize?: readonly [height: number, width: number];
}

/** A matrix record over `data`, checked. @throws ShapeError when `data` does not hold rows x cols numbers */
export function matrix(data: Float32Array, rows: number, cols: number): Matrix {
  const m = { data, rows, cols };
  checkMatrix(m, "data");
  return m;
}

/** @throws ShapeError when the record's sizes and its array do not agree */
export function checkMatrix(m: Matrix, argument: string): void {
  if (!(m?.data instanceof Float32Array))
    throw new ShapeError(argument, "must be a matrix record { data: Float32Array, rows, cols }");
  if (!Number.isInteger(m.rows) || !Number.isInteger(m.cols) || m.rows < 0 || m.cols < 0)
    throw new ShapeError(argument, `has sizes ${m.rows} x ${m.cols}: both must be whole numbers, 0 or more`);
  if (m.data.length !== m.rows * m.cols)
    throw new ShapeError(
      argument,
      `holds ${m.data.length} numbers where ${m.rows} x ${m.cols} = ${m.rows * m.cols} are expected`,
    );
}

/** @throws ShapeError when the record's sizes and its array do not agree */
function checkPatches(p: Patches, argument: string): void {
  if (!(p?.data instanceof Float32Array))
    throw new ShapeError(argument, "must be a patches record { data: Float32Array, rows, cols, dim }");
  if (p.data.length !== p.rows * p.cols * p.dim)
    throw new ShapeError(
      argument,
      `holds ${p.data.length} numbers where ${p.rows} x ${p.cols} x ${p.dim} = ${p.rows * p.cols * p.dim} are expected`,
    );
}

/** @throws NotFiniteError naming the first row that holds NaN or an infinity */
export function checkFinite(m: Matrix, argument: string): void {
  finish(checkFiniteSteps(m, argument));
}

/** `checkFinite`, step by step. @param first the number of the first row, for the error */
export function* checkFiniteSteps({ data, rows, cols }: Matrix, argument: string, first = 0): Steps<void> {
  for (const { from, to } of rowRanges(rows, cols)) {
    for (let i = from * cols; i < to * cols; i++) {
      // x - x is 0 for every finite number and NaN for the others
      if (data[i] - data[i] !== 0) throw new NotFiniteError(argument, first + Math.floor(i / cols));
    }
    yield;
  }
}

/**
 * Checks lists that say something of every row.
 *
 * @param lists by the name of their argument; undefined ones are left out
 * @param what what the rows are, in the plural, such as "vectors"
 * @throws ShapeError naming the first list that has not one entry a row
 */
export function checkOnePerRow(
  lists: Readonly<Record<string, ArrayLike<unknown> | undefined>>,
  rows: number,
  what: string,
): void {
  for (const [name, list] of Object.entries(lists)) {
    if (list === undefined || list?.length === rows) continue;
    const holds = list?.length === undefined ? "is no list" : `holds ${list.length} entries`;
    throw new ShapeError(name, `${holds} where there are ${rows} ${what}: give one a row`);
  }
}

/** A view of row `i`, sharing memory with the matrix. @throws ArgumentError when there is no such row */
export function row(m: Matrix, i: number): Float32Array {
  if (!Number.isInteger(i) || i < 0 || i >= m.rows)
    throw new ArgumentError("row", `is ${i}: the matrix has the rows 0 to ${m.rows - 1}`);
  return m.data.subarray(i * m.cols, (i + 1) * m.cols);
}

/** The tokens of several images under each other, as one matrix [sum of rows x cols, dim]. */
export function stackPatches(patches: readonly Patches[]): Matrix {
  const dim = patches[0]?.dim ?? 0;
  let rows = 0;
  patches.forEach((p, i) => {
    checkPatches(p, `patches[${i}]`);
    if (p.dim !== dim)
      throw new ShapeError(`patches[${i}]`, `has ${p.dim} numbers a patch where patches[0] has ${dim}: use one model`);
    rows += p.rows * p.cols;
  });
  return { data: concatenated(patches.map((p) => p.data)), rows, cols: dim };
}
