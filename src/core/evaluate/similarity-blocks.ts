/** The cosine similarity of every pair of rows, a block at a time, so that memory does not grow with their square. */
import { holdBase, queriesAtOnce } from "../numeric/held-base.js";
import { inTurns } from "../numeric/in-turns.js";
import type { Matrix } from "../numeric/matrix.js";
import { metricSpace, type PreparedQueries } from "../numeric/metric-space.js";
import type { Steps } from "../numeric/steps.js";

/** Similarities of some rows with some others. */
export interface SimilarityBlock {
  /** the first row of either side */
  readonly from: number;
  readonly baseFrom: number;
  readonly rows: number;
  readonly baseRows: number;
  /** [rows, baseRows], computed in 32 bits */
  readonly scores: Float32Array;
  /** bound on the error of a score */
  readonly slack: number;
  /** the similarity of row `from + i` and row `baseFrom + j`, in 64 bits */
  measure(i: number, j: number): number;
}

/** rows on the other side of a block, which the runtime holds */
const baseAtOnce = 8192;

/**
 * Visits blocks that hold every pair of different rows i < j at least once; pairs with i >= j are in them too.
 *
 * @param x rows of any length but zero, all finite
 */
export async function eachSimilarityBlock(
  x: Matrix,
  visit: (block: SimilarityBlock) => Steps<void>,
  { signal, onProgress }: { signal?: AbortSignal | undefined; onProgress?: (done: number, total: number) => void } = {},
): Promise<void> {
  const total = pairsBelow(x.rows);
  for (let baseFrom = 0; baseFrom < x.rows; baseFrom += baseAtOnce) {
    const base = part(x, baseFrom, Math.min(x.rows, baseFrom + baseAtOnce));
    const held = await holdBase(await inTurns(metricSpace(base, "cosine"), signal));
    try {
      const end = baseFrom + base.rows;
      const step = queriesAtOnce(base.rows);
      for (let from = 0; from < end; from += step) {
        signal?.throwIfAborted();
        const queries = part(x, from, Math.min(end, from + step));
        const prepared = await inTurns(held.space.prepare(queries, "vectors"), signal);
        const scores = await held.all(prepared.ready, signal);
        await inTurns(
          visit(blockOf(prepared, { from, baseFrom, rows: queries.rows, baseRows: base.rows, scores })),
          signal,
        );
        onProgress?.(Math.min(total, pairsBelow(baseFrom) + (from + queries.rows) * base.rows), total);
      }
    } finally {
      await held.release();
    }
  }
}

function blockOf(prepared: PreparedQueries, sizes: Omit<SimilarityBlock, "slack" | "measure">): SimilarityBlock {
  return { ...sizes, slack: prepared.slack(0, 1), measure: (i, j) => prepared.measure(i, j) };
}

function part({ data, cols }: Matrix, from: number, to: number): Matrix {
  return { data: data.subarray(from * cols, to * cols), rows: to - from, cols };
}

/** Pairs that blocks hold up to the base that begins at `row`, rounded up to whole bases. */
function pairsBelow(row: number): number {
  let pairs = 0;
  for (let from = 0; from < row; from += baseAtOnce) {
    const rows = Math.min(row, from + baseAtOnce) - from;
    pairs += (from + rows) * rows;
  }
  return pairs;
}
