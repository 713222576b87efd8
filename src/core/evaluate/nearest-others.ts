import { holdBase } from "../numeric/held-base.js";
import { inTurns } from "../numeric/in-turns.js";
import type { Matrix } from "../numeric/matrix.js";
import { metricSpace } from "../numeric/metric-space.js";
import { nearest } from "../numeric/nearest.js";
import { takeRows } from "../numeric/take-rows.js";

/** A row near another one. */
export interface NearRow {
  readonly row: number;
  /** cosine */
  readonly similarity: number;
}

/** A near row with its label, which speaks for that label or against it. */
export interface LabelledNeighbour extends NearRow {
  readonly label: string;
}

/**
 * The rows most similar to some of the rows, leaving out those that say nothing new.
 *
 * @param same whether the second row is the first one, or stands for the same
 * @returns for each of `asked` its k nearest by cosine, nearest first, or fewer where there are fewer
 */
export async function nearestOthers(
  x: Matrix,
  asked: readonly number[],
  k: number,
  same: (row: number, other: number) => boolean,
  signal?: AbortSignal,
): Promise<NearRow[][]> {
  if (asked.length === 0) return [];
  const space = await inTurns(metricSpace(x, "cosine", "vectors"), signal);
  const prepared = await inTurns(space.prepare(takeRows(x, asked), "vectors"), signal);
  const held = await holdBase(space);
  try {
    const options = {
      excluded: (query: number, other: number) => same(asked[query], other),
      spare: Math.max(...asked.map((row) => countSame(row, x.rows, same))),
      ...(signal ? { signal } : {}),
    };
    const found = await nearest(held, prepared, k, options);
    return asked.map((_, i) =>
      Array.from(found.indices.subarray(i * found.k, (i + 1) * found.k), (row, j) => ({
        ...{ row, similarity: found.measures[i * found.k + j] },
      })),
    );
  } finally {
    await held.release();
  }
}

function countSame(row: number, rows: number, same: (row: number, other: number) => boolean): number {
  let count = 0;
  for (let other = 0; other < rows; other++) if (same(row, other)) count++;
  return count;
}
