/** The nearest of some rows by comparing each of them, for filters that leave few and graphs that do not get there. */
import { inTurns } from "../../numeric/in-turns.js";
import type { Steps } from "../../numeric/steps.js";
import type { VectorSource } from "../searcher.js";
import { type MeasuredQuery, similarityKey } from "./cosine-ranking.js";
import { readRows } from "./source-rows.js";

const rowsAtOnce = 500;

/** @returns the sorted keys of the k most similar rows, for each query */
export function compareAll(
  source: VectorSource,
  queries: readonly MeasuredQuery[],
  rows: Int32Array,
  k: number,
  signal?: AbortSignal,
): Promise<Float64Array[]> {
  return inTurns(compare(source, queries, rows, k), signal);
}

function* compare(
  source: VectorSource,
  queries: readonly MeasuredQuery[],
  rows: Int32Array,
  k: number,
): Steps<Float64Array[]> {
  const best = queries.map(() => new Float64Array(0));
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    const some = rows.subarray(from, from + rowsAtOnce);
    const { data, cols } = readRows(source, some);
    for (const [q, query] of queries.entries()) {
      const keys = new Float64Array(best[q].length + some.length);
      keys.set(best[q]);
      some.forEach((row, i) => {
        keys[best[q].length + i] = similarityKey(query, row, data, i * cols);
      });
      best[q] = keys.sort().slice(0, k);
      yield;
    }
  }
  return best;
}
