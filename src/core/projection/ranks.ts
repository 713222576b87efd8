/** The places of a few rows among all, without sorting or measuring all. */
import type { ScoredQuery } from "../numeric/metric-space.js";
import { rowRanges, type Steps } from "../numeric/steps.js";

/**
 * The places of `wanted` among all rows but `self`, 1 for the nearest; rows whose 32-bit measures are equal, by row.
 * Computed scores decide where they can; rows too near a wanted one for that are measured in 64 bits.
 *
 * @returns the places, from the last to the first
 */
export function* ranksOf(scored: ScoredQuery, wanted: Int32Array): Steps<Int32Array> {
  const { prepared, scores } = scored;
  const sought = soughtRows(scored, wanted);
  const nearerThan = new Int32Array(wanted.length + 1);
  for (const { from, to } of rowRanges(scores.length, prepared.ready.cols)) {
    countNearer(nearerThan, sought, scored, from, to);
    yield;
  }
  const ranks = new Int32Array(wanted.length);
  for (let j = wanted.length - 1, before = 0; j >= 0; j--) {
    before += nearerThan[j + 1];
    ranks[j] = before + 1;
  }
  return ranks;
}

/** The wanted rows from the last in rank to the first, so that most others need a single comparison. */
interface Sought {
  rows: Int32Array;
  /** 32-bit measures, smaller for nearer rows */
  measures: Float32Array;
  /** rows with scores above these are nearer, whatever their computed score's error */
  nearer: Float64Array;
  /** rows with scores below these are further */
  further: Float64Array;
}

function nearness({ prepared, query }: ScoredQuery, row: number): number {
  return Math.fround(prepared.sign * prepared.measure(query, row));
}

function soughtRows(scored: ScoredQuery, wanted: Int32Array): Sought {
  const { prepared, query } = scored;
  const order = Array.from(wanted, (row) => ({ row, far: nearness(scored, row) }));
  order.sort((a, b) => b.far - a.far || b.row - a.row);
  const bound = ({ far }: { far: number }, side: 1 | -1): number =>
    prepared.score(query, prepared.sign * far) + side * prepared.slack(query, prepared.sign * far);
  return {
    rows: Int32Array.from(order, ({ row }) => row),
    measures: Float32Array.from(order, ({ far }) => far),
    nearer: Float64Array.from(order, (row) => bound(row, 1)),
    further: Float64Array.from(order, (row) => bound(row, -1)),
  };
}

/** Counts the rows of a range by how many of the sought rows, the furthest first, they are nearer than. */
function countNearer(counts: Int32Array, sought: Sought, scored: ScoredQuery, from: number, to: number): void {
  const { rows, measures, nearer, further } = sought;
  const { scores, self } = scored;
  for (let i = from; i < to; i++) {
    const score = scores[i];
    if (score < further[0] || i === self) continue;
    let far = Number.NaN;
    let j = 0;
    for (; j < rows.length; j++) {
      if (score > nearer[j]) continue;
      if (score < further[j]) break;
      if (Number.isNaN(far)) far = nearness(scored, i);
      if (far > measures[j] || (far === measures[j] && i >= rows[j])) break;
    }
    counts[j]++;
  }
}
