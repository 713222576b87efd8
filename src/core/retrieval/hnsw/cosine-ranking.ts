/** Rows by their cosine similarity to a query, measured in 64 bits and compared as 32-bit numbers, then by row. */
import type { Matrix } from "../../numeric/matrix.js";
import { rankKey } from "../../numeric/ranking.js";

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
  let dot = 0;
  let odd = 0;
  let square = 0;
  let oddSquare = 0;
  let at = from;
  const pairs = vector.length - (vector.length % 2);
  for (let j = 0; j < pairs; j += 2, at += 2) {
    const value = data[at];
    const next = data[at + 1];
    dot += vector[j] * value;
    odd += vector[j + 1] * next;
    square += value * value;
    oddSquare += next * next;
  }
  if (pairs < vector.length) {
    dot += vector[pairs] * data[at];
    square += data[at] * data[at];
  }
  const similarity = (dot + odd) / (length * Math.sqrt(square + oddSquare));
  return rankKey(-Math.max(-1, Math.min(1, similarity)), row);
}
