/** All rows in the order of their nearness to a query. */
import type { ScoredQuery } from "../numeric/metric-space.js";
import { keyRow, keyValue, rankKey } from "../numeric/ranking.js";
import { rowRanges, type Steps } from "../numeric/steps.js";

export interface Ranking {
  /** all rows but one, nearest first */
  rows: Int32Array;
  /** ascending numbers, equal where rows are equally near */
  steps: Int32Array;
}

/**
 * Ranks the rows that matter truly against all others; rows whose 32-bit measures are equal, by row. Computed scores
 * decide where they can; rows too near one that matters are measured in 64 bits. The others keep among themselves the
 * order of their scores.
 */
export function* rankAll(scored: ScoredQuery, matters: (row: number) => boolean): Steps<Ranking> {
  const keys = byScore(scored);
  yield;
  const rows = new Int32Array(keys.length);
  const steps = new Int32Array(keys.length);
  for (let i = 0; i < keys.length; i++) {
    rows[i] = keyRow(keys[i]);
    steps[i] = i;
  }
  for (const { start, end } of undecided(scored, keys, rows, matters))
    yield* measured(scored, rows.subarray(start, end), steps.subarray(start, end));
  return { rows, steps };
}

function byScore({ scores, self }: ScoredQuery): Float64Array {
  const keys = new Float64Array(scores.length - 1);
  for (let i = 0, at = 0; i < scores.length; i++) if (i !== self) keys[at++] = rankKey(-scores[i], i);
  return keys.sort();
}

/** The stretches of the ranking in which a row that matters lies too near to others for their scores to decide. */
function undecided(
  { prepared, query }: ScoredQuery,
  keys: Float64Array,
  rows: Int32Array,
  matters: (row: number) => boolean,
): { start: number; end: number }[] {
  const score = (i: number): number => -keyValue(keys[i]);
  const near = (i: number, further: number): boolean =>
    score(i) - score(further) <= 2 * prepared.slackAt(query, score(further));
  const stretches: { start: number; end: number }[] = [];
  for (let i = 0; i < rows.length; i++) {
    if (!matters(rows[i])) continue;
    const last = stretches.at(-1);
    const inside = last !== undefined && i < last.end;
    let [start, end] = inside ? [last.start, last.end] : [i, i + 1];
    while (start > 0 && near(start - 1, i)) start--;
    while (end < rows.length && near(i, end)) end++;
    while (stretches.length > 0 && stretches[stretches.length - 1].end > start)
      start = Math.min(start, stretches.pop()?.start ?? start);
    stretches.push({ start, end });
  }
  return stretches.filter(({ start, end }) => end > start + 1);
}

/** Brings a stretch into its true order. */
function* measured({ prepared, query }: ScoredQuery, rows: Int32Array, steps: Int32Array): Steps<void> {
  const keys = new Float64Array(rows.length);
  for (const { from, to } of rowRanges(rows.length, prepared.ready.cols)) {
    for (let i = from; i < to; i++) keys[i] = rankKey(prepared.sign * prepared.measure(query, rows[i]), rows[i]);
    if (to < rows.length) yield;
  }
  keys.sort();
  keys.forEach((key, i) => {
    rows[i] = keyRow(key);
    if (i > 0 && keyValue(key) === keyValue(keys[i - 1])) steps[i] = steps[i - 1];
  });
}
