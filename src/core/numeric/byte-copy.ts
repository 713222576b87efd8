/**
 * The directions of rows in 8 bits a number, with how far each copy is from its row: a quarter of the memory to read,
 * and certainty about what the copy cannot tell apart.
 */
import { type ByteMemory, byteMemory } from "./byte-memory.js";
import type { Matrix } from "./matrix.js";
import { rowRanges, type Steps } from "./steps.js";

/** Row i has about the direction centre + scales[i] * memory.rows[i], as a vector of length 1. */
export interface ByteCopy {
  readonly memory: ByteMemory;
  /** [cols] what all directions have in common, which need not be told in bytes */
  readonly centre: Float64Array;
  /** [rows] */
  readonly scales: Float32Array;
  /** [rows] the distance of a copy to its row's direction, rounded up */
  readonly errors: Float32Array;
}

/** rows that the centre is the mean of: any centre is right, one in the middle leaves the smallest errors */
const sampled = 1024;

/** @param base rows that are finite and not zero @returns undefined where there is no memory for the copy */
export function* byteCopy(base: Matrix): Steps<ByteCopy | undefined> {
  const { rows, cols } = base;
  const memory = byteMemory(rows, cols);
  if (!memory) return undefined;
  const [scales, errors] = [new Float32Array(rows), new Float32Array(rows)];
  const copy = { memory, centre: meanDirection(base), scales, errors };
  for (const { from, to } of rowRanges(rows, cols)) {
    copyRows(base, copy, from, to);
    yield;
  }
  return copy;
}

function copyRows(base: Matrix, { memory, centre, scales, errors }: ByteCopy, from: number, to: number): void {
  const residual = new Float64Array(base.cols);
  for (let i = from; i < to; i++) {
    const largest = subtract(base, i, centre, residual);
    scales[i] = Math.max((largest / mostByte) * roundedUp, leastScale);
    errors[i] = writeBytes(residual, scales[i], memory.rows, i * memory.stride) * roundedUp;
  }
}

const mostByte = 127;
/** more than what rounding to 32 bits takes away */
const roundedUp = 1 + 2 ** -20;
/** smaller numbers than this matter to no similarity, and their scales would lose bits */
const leastScale = 1e-30;
/** added and taken away again, it rounds to a whole number: 64 bits have no room for more beside it */
const roundingAid = 1.5 * 2 ** 52;

function meanDirection(base: Matrix): Float64Array {
  const { rows, cols } = base;
  const sum = new Float64Array(cols);
  const step = Math.max(1, Math.floor(rows / sampled));
  let count = 0;
  for (let i = 0; i < rows; i += step, count++) {
    const length = rowLength(base, i);
    for (let j = 0; j < cols; j++) sum[j] += base.data[i * cols + j] / length;
  }
  return sum.map((s) => s / count);
}

function rowLength({ data, cols }: Matrix, row: number): number {
  let sum = 0;
  for (let j = row * cols; j < (row + 1) * cols; j++) sum += data[j] * data[j];
  return Math.sqrt(sum);
}

/** Writes the row's direction less the centre into `residual`. @returns its largest magnitude */
function subtract(base: Matrix, row: number, centre: Float64Array, residual: Float64Array): number {
  const { data, cols } = base;
  const inverse = 1 / rowLength(base, row);
  let largest = 0;
  for (let j = 0, at = row * cols; j < cols; j++, at++) {
    const value = data[at] * inverse - centre[j];
    residual[j] = value;
    const magnitude = Math.abs(value);
    if (magnitude > largest) largest = magnitude;
  }
  return largest;
}

/** @returns the length of what the bytes leave out */
function writeBytes(residual: Float64Array, scale: number, bytes: Int8Array, at: number): number {
  const inverse = 1 / scale;
  let sum = 0;
  for (let j = 0; j < residual.length; j++) {
    const value = residual[j] * inverse;
    const byte = value + roundingAid - roundingAid;
    const left = value - byte;
    bytes[at + j] = byte;
    sum += left * left;
  }
  return Math.sqrt(sum) * scale;
}
