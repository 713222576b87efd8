/** Similar pairs on both sides of a split. */
import { ofCell } from "../display-hook.js";
import { holdBase } from "../numeric/held-base.js";
import { inTurns } from "../numeric/in-turns.js";
import type { Matrix } from "../numeric/matrix.js";
import { metricSpace } from "../numeric/metric-space.js";
import { nearest } from "../numeric/nearest.js";
import { takeRows } from "../numeric/take-rows.js";
import { checkSplitRows } from "./check-split.js";
import {
  checkedMatrices,
  type LeakReport,
  matrixName,
  type SimilarityOptions,
  thresholdsOf,
} from "./near-duplicates.js";
import { mostSimilarFirst, type SimilarPair } from "./similar-pairs.js";
import type { Split } from "./split.js";

/**
 * The test rows that a row of the same split's training or validation part gives away: for each its most similar one,
 * where their cosine similarity reaches the threshold in any of the matrices. Looks at the vectors alone, whatever the
 * splits were made by; equal rows are found like others, and a row that both trains and is tested pairs with itself.
 *
 * @param splits of the rows; a row that several test is reported once, with its most similar pair
 * @param vectors [rows, dim] of one model, or several models' matrices of the same rows
 * @param options.threshold as of `similarityGroups`; onProgress counts test rows over all splits and matrices
 * @throws as similarityGroups, and ArgumentError for a split that names rows that are not there, or lacks rows to train or to test
 */
export async function leakReport(
  splits: readonly Split[],
  vectors: Matrix | readonly Matrix[],
  options: SimilarityOptions = {},
): Promise<LeakReport> {
  const { signal, onProgress } = ofCell(options);
  const matrices = checkedMatrices(vectors);
  for (const [i, split] of splits.entries()) checkSplitRows(split, matrices[0].rows, `splits[${i}]`);
  const thresholds = await thresholdsOf(vectors, options.threshold, signal);
  const total = matrices.length * splits.reduce((sum, { test }) => sum + test.length, 0);
  const worst = new Map<number, SimilarPair>();
  let done = 0;
  for (const [i, x] of matrices.entries()) {
    await eachNearestTraining(x, matrixName(vectors, i), splits, signal, (pair) => {
      const known = worst.get(pair.b);
      if (pair.similarity >= thresholds[i] && !(known && mostSimilarFirst(known, pair) <= 0)) worst.set(pair.b, pair);
      onProgress?.(++done, total);
    });
  }
  const pairs = [...worst.values()].sort(mostSimilarFirst);
  return { threshold: Math.min(...thresholds), thresholds, pairs, testRows: Int32Array.from(worst.keys()).sort() };
}

async function eachNearestTraining(
  x: Matrix,
  name: string,
  splits: readonly Split[],
  signal: AbortSignal | undefined,
  visit: (pair: SimilarPair) => void,
): Promise<void> {
  const held = await holdBase(await inTurns(metricSpace(x, "cosine", name), signal));
  try {
    for (const { train, validation, test } of splits) {
      const allowed = new Uint8Array(x.rows);
      for (const rows of [train, validation]) for (const row of rows) allowed[row] = 1;
      const queries = await inTurns(held.space.prepare(takeRows(x, test), name), signal);
      const { indices } = await nearest(held, queries, 1, { allowed, ...(signal ? { signal } : {}) });
      for (const [i, b] of test.entries()) {
        const a = allowed[b] ? b : indices[i];
        visit({ a, b, similarity: equalRows(x, a, b) ? 1 : queries.measure(i, a) });
      }
    }
  } finally {
    await held.release();
  }
}

/** Whether two rows hold the same numbers: their measured cosine may be 1 but for rounding. */
function equalRows({ data, cols }: Matrix, a: number, b: number): boolean {
  for (let j = 0; j < cols; j++) if (data[a * cols + j] !== data[b * cols + j]) return false;
  return true;
}
