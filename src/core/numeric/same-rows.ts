import type { Matrix } from "./matrix.js";
import { rowRanges, type Steps } from "./steps.js";

/** For each row, the first row that holds the same bits: itself, where there is none before it. */
export function* firstSameRow({ data, rows, cols }: Matrix): Steps<Int32Array> {
  const bits = new Int32Array(data.buffer, data.byteOffset, data.length);
  const first = new Int32Array(rows);
  const firstsByHash = new Map<number, number[]>();
  for (const { from, to } of rowRanges(rows, cols)) {
    for (let i = from; i < to; i++) {
      const hash = hashRow(bits, i * cols, (i + 1) * cols);
      const firsts = firstsByHash.get(hash);
      const same = firsts?.find((r) => equalRows(bits, r * cols, i * cols, cols));
      first[i] = same ?? i;
      if (!firsts) firstsByHash.set(hash, [i]);
      else if (same === undefined) firsts.push(i);
    }
    yield;
  }
  return first;
}

function hashRow(bits: Int32Array, from: number, to: number): number {
  let hash = 0;
  for (let j = from; j < to; j++) {
    // the odd multiplier spreads low bits upwards, the shift brings them down again
    hash = Math.imul(hash ^ bits[j], 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash;
}

function equalRows(bits: Int32Array, a: number, b: number, cols: number): boolean {
  for (let j = 0; j < cols; j++) if (bits[a + j] !== bits[b + j]) return false;
  return true;
}
