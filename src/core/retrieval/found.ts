/** What was found, written down from sorted keys of rank. */
import { keyRow, keyValue } from "../numeric/ranking.js";
import type { Found } from "./searcher.js";

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
