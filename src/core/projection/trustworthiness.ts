/** How far a map can be believed: which of the neighbours that it shows are neighbours in the data. */
import { ofCell } from "../display-hook.js";
import { ArgumentError, ShapeError } from "../errors.js";
import { type HeldBase, holdBase, queriesAtOnce } from "../numeric/held-base.js";
import { inTurns } from "../numeric/in-turns.js";
import { checkMatrix, type Matrix } from "../numeric/matrix.js";
import { type Metric, metricSpace, type PreparedQueries } from "../numeric/metric-space.js";
import { nearest } from "../numeric/nearest.js";
import { checkCount } from "../numeric/neighbours.js";
import { type Random, seededRandom } from "../numeric/random.js";
import { checkRankable } from "../numeric/ranking.js";
import type { Steps } from "../numeric/steps.js";
import { takeRows } from "../numeric/take-rows.js";
import { ranksOf } from "./ranks.js";

export interface TrustworthinessOptions {
  /** neighbours of each point to look at; less than half of the points @default 15, or as many as there may be */
  readonly k?: number;
  /** how distances in the data are measured; on the map they are Euclidean @default "euclidean" */
  readonly metric?: Metric;
  /** draws the points that stand for all where there are many @default 0 */
  readonly seed?: number;
  /** points to measure at most @default as many as make 25 million distances: all of 5,000, or 1,250 of 20,000 */
  readonly sample?: number;
  readonly signal?: AbortSignal;
  /** called after each block, with points */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Trustworthiness {
  /** 0 to 1: less the worse, the further from each other the rows are that the map shows as neighbours */
  trustworthiness: number;
  /** 0 to 1: the share of the k neighbours on the map that are among the k neighbours in the data */
  neighbourOverlap: number;
  k: number;
  /** points whose neighbours were looked at: all, or a sample that stands for them */
  measured: number;
}

/** distances that are computed without sampling */
const distanceBudget = 25e6;

/**
 * Trustworthiness of a map, as scikit-learn computes it, and the share of neighbours it keeps. Of large maps a seeded
 * sample of the points is measured, each against all others. Rows whose 32-bit distances are equal rank by row.
 *
 * @param x n x d, the data
 * @param points n x 2 (or any other number of columns), the map
 * @throws ShapeError when the two have not the same number of rows or fewer than 3; ArgumentError when k is not below
 *   half of the rows; and what `neighbours` throws for vectors that cannot be compared
 * @see Venna & Kaski 2001, "Neighborhood preservation in nonlinear projection methods"
 */
export async function trustworthiness(
  x: Matrix,
  points: Matrix,
  options: TrustworthinessOptions = {},
): Promise<Trustworthiness> {
  const { metric = "euclidean", seed = 0, signal, onProgress } = ofCell(options);
  const k = checkedNeighbours(x, points, options.k);
  const { sample = Math.ceil(distanceBudget / x.rows) } = options;
  checkCount(sample, "sample");
  const data = await inTurns(metricSpace(x, metric, "x"), signal);
  const map = await inTurns(metricSpace(points, "euclidean", "points"), signal);
  const measured = chooseRows(x.rows, Math.min(sample, x.rows), seededRandom(seed));
  const shown = await shownNeighbours(await holdBase(map), points, measured, k, signal);
  const base = await holdBase(data);
  try {
    const { penalty, kept } = await compareRanks(base, x, { measured, shown, k }, { signal, onProgress });
    const most = (measured.length * k * (2 * x.rows - 3 * k - 1)) / 2;
    return {
      trustworthiness: 1 - penalty / most,
      neighbourOverlap: kept / (measured.length * k),
      k,
      measured: measured.length,
    };
  } finally {
    await base.release();
  }
}

/** The largest k for which the measure is defined: below half of the rows. */
export function mostNeighbours(rows: number): number {
  return Math.ceil(rows / 2) - 1;
}

function checkedNeighbours(x: Matrix, points: Matrix, asked?: number): number {
  checkMatrix(x, "x");
  checkMatrix(points, "points");
  if (points.rows !== x.rows)
    throw new ShapeError("points", `has ${points.rows} rows where the data has ${x.rows}: give the map of that data`);
  if (x.rows < 3) throw new ShapeError("x", `has ${x.rows} rows: a map is measured from 3 rows on`);
  checkRankable(x.rows, "x");
  const most = mostNeighbours(x.rows);
  const k = asked ?? Math.min(15, most);
  checkCount(k, "k");
  if (k > most) throw new ArgumentError("k", `is ${k}: with ${x.rows} rows the measure is defined up to k = ${most}`);
  return k;
}

/** `count` different rows in ascending order; all of them without a draw. */
function chooseRows(rows: number, count: number, random: Random): Int32Array {
  const all = Int32Array.from({ length: rows }, (_, i) => i);
  if (count === rows) return all;
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(random() * (rows - i));
    [all[i], all[j]] = [all[j], all[i]];
  }
  return all.slice(0, count).sort();
}

async function shownNeighbours(
  map: HeldBase,
  points: Matrix,
  measured: Int32Array,
  k: number,
  signal?: AbortSignal,
): Promise<Int32Array> {
  try {
    const queries = await inTurns(map.space.prepare(takeRows(points, measured), "points"), signal);
    const excluded = (query: number, row: number): boolean => measured[query] === row;
    const { indices } = await nearest(map, queries, k, { excluded, spare: 1, ...(signal ? { signal } : {}) });
    return indices;
  } finally {
    await map.release();
  }
}

interface Shown {
  measured: Int32Array;
  /** neighbours on the map: [measured, k] */
  shown: Int32Array;
  k: number;
}

/** Sums how far the shown neighbours' ranks in the data exceed k, and counts those that do not. */
async function compareRanks(
  base: HeldBase,
  x: Matrix,
  { measured, shown, k }: Shown,
  { signal, onProgress }: Pick<TrustworthinessOptions, "signal" | "onProgress">,
): Promise<{ penalty: number; kept: number }> {
  const step = queriesAtOnce(x.rows);
  let [penalty, kept] = [0, 0];
  for (let start = 0; start < measured.length; start += step) {
    signal?.throwIfAborted();
    const block = measured.subarray(start, start + step);
    const prepared = await inTurns(base.space.prepare(takeRows(x, block), "x"), signal);
    const scores = await base.all(prepared.ready, signal);
    for (const rank of await inTurns(blockRanks(prepared, scores, block, shown.subarray(start * k), k), signal)) {
      if (rank > k) penalty += rank - k;
      else kept++;
    }
    onProgress?.(start + block.length, measured.length);
  }
  return { penalty, kept };
}

/** The ranks in the data of the k shown neighbours of each row of a block: [block, k]. */
function* blockRanks(
  prepared: PreparedQueries,
  scores: Float32Array,
  block: Int32Array,
  shown: Int32Array,
  k: number,
): Steps<Int32Array> {
  const rows = scores.length / block.length;
  const ranks = new Int32Array(block.length * k);
  for (let query = 0; query < block.length; query++) {
    const scored = { prepared, query, scores: scores.subarray(query * rows, (query + 1) * rows), self: block[query] };
    ranks.set(yield* ranksOf(scored, shown.subarray(query * k, (query + 1) * k)), query * k);
  }
  return ranks;
}
