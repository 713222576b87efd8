/**
 * Exact nearest rows. The product in 32 bits proposes a few more rows than are wanted; these are measured in 64 bits
 * and sorted; where a row left out could still belong, more are proposed. So neither the order nor what ties at the
 * end of the list depends on the machine, its threads or the size of a block.
 */
import { setImmediate } from "node:timers/promises";
import { ShapeError } from "../errors.js";
import { type BestOptions, type HeldBase, queriesAtOnce } from "./held-base.js";
import { inTurns } from "./in-turns.js";
import type { PreparedQueries } from "./metric-space.js";
import { checkRankable, keyRow, keyValue, rankKey } from "./ranking.js";

export interface NearestOptions {
  /** [rows], 1 where a row may be found for any query @default every row may */
  readonly allowed?: Uint8Array | undefined;
  /** rows that may not be found for a query */
  readonly excluded?: (query: number, row: number) => boolean;
  /** how many rows `excluded` turns away for one query, at most @default 0 */
  readonly spare?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Nearest {
  /** [queries, k], nearest first */
  indices: Int32Array;
  /** [queries, k] similarities or distances, as the space measures */
  measures: Float32Array;
  k: number;
}

/** neighbours in one result: 1 GB of rows and as much of measures */
const mostNeighbours = 2 ** 28;

/** @throws ShapeError when so many queries with so many neighbours make a result that memory does not hold */
export function checkResultSize(queries: number, k: number): void {
  if (queries * k > mostNeighbours)
    throw new ShapeError(
      "k",
      `is ${k} for ${queries} queries, ${queries * k} neighbours where one result holds ${mostNeighbours}: ask for fewer, or in parts`,
    );
}

/** rows proposed beyond those wanted */
const margin = 8;
/** multiplications before the event loop gets a turn */
const workAtOnce = 1e7;

/**
 * The min(k, allowed rows - spare) nearest rows of each query; among equal 32-bit measures the lower row is first.
 *
 * @param prepared the queries, by the space that `base` holds
 * @throws ShapeError when the result would be too large
 */
export async function nearest(
  base: HeldBase,
  prepared: PreparedQueries,
  wanted: number,
  options: NearestOptions = {},
): Promise<Nearest> {
  const { rows, cols } = base.space;
  checkRankable(rows, "base");
  const { allowed, spare = 0, signal, onProgress } = options;
  const count = prepared.ready.rows;
  const k = Math.max(0, Math.min(wanted, countAllowed(rows, allowed) - spare));
  checkResultSize(count, k);
  const found = { indices: new Int32Array(count * k), measures: new Float32Array(count * k), k };
  const step = queriesAtOnce(rows);
  for (let start = 0; start < count && k > 0; start += step) {
    let pending = Array.from({ length: Math.min(step, count - start) }, (_, i) => start + i);
    for (let width = k + spare + margin, again = false; pending.length > 0; width *= 4, again = true) {
      signal?.throwIfAborted();
      const proposed = await propose(base, prepared, pending, Math.min(width, rows), { allowed, signal });
      if (again) proposed.firstSame = await inTurns(base.space.firstSame(), signal);
      pending = await settle(proposed, prepared, found, options, cols);
    }
    onProgress?.(Math.min(start + step, count), count);
  }
  return found;
}

/** How many rows a mask lets through. */
function countAllowed(rows: number, allowed?: Uint8Array): number {
  return allowed ? allowed.reduce((count, may) => count + (may === 0 ? 0 : 1), 0) : rows;
}

interface Proposed {
  queries: number[];
  scores: Float32Array;
  rows: Int32Array;
  width: number;
  /** whether `width` is all rows there are */
  complete: boolean;
  /** for each row the first one equal to it, where many have the same score */
  firstSame?: Int32Array;
}

async function propose(
  base: HeldBase,
  { ready }: PreparedQueries,
  queries: number[],
  width: number,
  options: BestOptions,
): Promise<Proposed> {
  const data = new Float32Array(queries.length * ready.cols);
  queries.forEach((q, i) => {
    data.set(ready.data.subarray(q * ready.cols, (q + 1) * ready.cols), i * ready.cols);
  });
  const best = await base.best({ data, rows: queries.length, cols: ready.cols }, width, options);
  return { ...best, queries, width, complete: width === base.space.rows };
}

/** Writes down the queries whose nearest rows are certain and returns the others. */
async function settle(
  proposed: Proposed,
  prepared: PreparedQueries,
  found: Nearest,
  { allowed, excluded }: NearestOptions,
  cols: number,
): Promise<number[]> {
  const { queries, rows, scores, width, complete, firstSame } = proposed;
  const left: number[] = [];
  let work = 0;
  for (let i = 0; i < queries.length; i++) {
    const q = queries[i];
    const candidates = rows.subarray(i * width, (i + 1) * width);
    const keys = rankedKeys(prepared, q, candidates, { allowed, excluded, firstSame });
    if (complete || isCertain(keys, prepared, q, found.k, scores[(i + 1) * width - 1])) write(found, q, keys, prepared);
    else left.push(q);
    work += width * cols;
    if (work > workAtOnce) {
      work = 0;
      await setImmediate();
    }
  }
  return left;
}

/** The candidates measured and sorted, nearest first; equal rows that follow each other are measured once. */
function rankedKeys(
  prepared: PreparedQueries,
  query: number,
  candidates: Int32Array,
  { allowed, excluded, firstSame }: NearestOptions & Pick<Proposed, "firstSame">,
): Float64Array {
  const keys = new Float64Array(candidates.length);
  let count = 0;
  let last = -1;
  let value = 0;
  for (const row of candidates) {
    if (allowed?.[row] === 0 || excluded?.(query, row)) continue;
    const first = firstSame ? firstSame[row] : row;
    if (first !== last) value = prepared.sign * prepared.measure(query, row);
    last = first;
    keys[count++] = rankKey(value, row);
  }
  return keys.subarray(0, count).sort();
}

/** Whether no row that was not proposed, whose computed scores are at most `last`, can be among the first k. */
function isCertain(keys: Float64Array, prepared: PreparedQueries, query: number, k: number, last: number): boolean {
  if (keys.length < k) return false;
  const measured = prepared.sign * keyValue(keys[k - 1]);
  return last + prepared.slack(query, measured) < prepared.score(query, measured);
}

function write(found: Nearest, query: number, keys: Float64Array, { sign }: PreparedQueries): void {
  for (let j = 0; j < found.k; j++) {
    found.indices[query * found.k + j] = keyRow(keys[j]);
    found.measures[query * found.k + j] = sign * keyValue(keys[j]) + 0;
  }
}
