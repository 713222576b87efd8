/**
 * Sorting by value and then by row, without a comparison function: a 32-bit number and its row are packed into one
 * exact 64-bit number, so that the engine's own numeric sort orders both.
 */
import { ShapeError } from "../errors.js";

/** rows that fit beside 32 bits of value in the 53 that a number holds exactly */
const rowLimit = 2 ** 22;

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** @throws ShapeError when `rows` is more than a key can tell apart */
export function checkRankable(rows: number, argument: string): void {
  if (rows > rowLimit)
    throw new ShapeError(argument, `has ${rows} rows, more than ${rowLimit}: search it in parts or use another index`);
}

/** A key that sorts ascending by `value`, rounded to 32 bits, and among equal values by `row`. */
export function rankKey(value: number, row: number): number {
  float[0] = value + 0; // -0 becomes 0: they are equal as values
  const b = bits[0];
  return (b < 0 ? -(b & 0x7fffffff) : b) * rowLimit + row;
}

/** The row in a key. */
export function keyRow(key: number): number {
  return key - Math.floor(key / rowLimit) * rowLimit;
}

/** The 32-bit value in a key. */
export function keyValue(key: number): number {
  const b = Math.floor(key / rowLimit);
  bits[0] = b < 0 ? -b | 0x80000000 : b;
  return float[0];
}
