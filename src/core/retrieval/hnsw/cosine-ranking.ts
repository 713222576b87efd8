/** Rows by their cosine similarity to a query, measured in 64 bits and compared as 32-bit numbers, then by row. */
import type { Matrix } from "../../numeric/matrix.js";
import { keyRow, keyValue, rankKey } from "../../numeric/ranking.js";
import type { Found } from "../searcher.js";

/** A query and its length. */
export interface MeasuredQuery {
  readonly vector: Float32Array;
  readonly length: number;
}

export function measuredQueries({ data, rows, cols }: Matrix): MeasuredQuery[] {
  return Array.from({ length: rows }, (_, i) => {
    const vector = data.subarray(i * cols, (i + 1) * cols);
    let square = 0;
    for (const v of vector) square += v * v;
    return { vector, length: Math.sqrt(square) };
  });
}

/** A key that sorts rows, most similar first. `vector` may begin anywhere in `data`. */
export function similarityKey(query: MeasuredQuery, row: number, data: Float32Array, from = 0): number {
  const { vector, length } = query;
  // two sums each, so that one addition need not wait for the other
  let [dot, odd, square, oddSquare] = [0, 0, 0, 0];
  let [j, at] = [0, from];
  for (const last = vector.length - 1; j < last; j += 2, at += 2) {
    const [value, next] = [data[at], data[at + 1]];
    dot += vector[j] * value;
    odd += vector[j + 1] * next;
    square += value * value;
    oddSquare += next * next;
  }
  if (j < vector.length) {
    dot += vector[j] * data[at];
    square += data[at] * data[at];
  }
  const similarity = (dot + odd) / (length * Math.sqrt(square + oddSquare));
  return rankKey(-Math.max(-1, Math.min(1, similarity)), row);
}

/** The similarity in a key, rounded to 32 bits. */
export function keySimilarity(key: number): number {
  return -keyValue(key) + 0;
}

export function nothingFound(queries: number, k: number): Found {
  return { rows: new Int32Array(queries * k).fill(-1), similarities: new Float32Array(queries * k), k };
}

/** Writes down the first k of a query's sorted keys. */
export function writeFound({ rows, similarities, k }: Found, query: number, keys: Float64Array): void {
  keys.subarray(0, k).forEach((key, j) => {
    rows[query * k + j] = keyRow(key);
    similarities[query * k + j] = keySimilarity(key);
  });
}
