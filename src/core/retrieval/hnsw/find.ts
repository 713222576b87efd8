/**
 * Nearest rows by the graph. It proposes more than are wanted; those that have gone or may not be found are passed
 * over, the others measured. Where too few are left more are asked for, and in the end every row that may be found is
 * compared: there are never fewer hits than rows to be found.
 */

import { ShapeError } from "../../errors.js";
import { inTurns } from "../../numeric/in-turns.js";
import { checkMatrix, checkOnePerRow, type Matrix } from "../../numeric/matrix.js";
import { checkResultSize } from "../../numeric/nearest.js";
import { checkCount } from "../../numeric/neighbours.js";
import type { Steps } from "../../numeric/steps.js";
import { nothingFound, writeFound } from "../found.js";
import type { FindOptions, Found, VectorSource } from "../searcher.js";
import { compareAll } from "./compare-all.js";
import { type MeasuredQuery, measuredQueries, similarityKey } from "./cosine-ranking.js";
import { rowRange } from "./fill.js";
import { type Graph, mostCandidates } from "./graph.js";
import type { RowIds } from "./row-ids.js";
import { directions } from "./source-rows.js";

export interface SearchedGraph {
  readonly graph: Graph;
  readonly source: VectorSource;
  readonly ids: RowIds;
}

/** rows measured beyond those wanted at least, since 8-bit numbers order near ones otherwise than 64-bit ones do */
const spare = 6;
/** how much wider each time */
const widening = 4;

/** The arguments are checked before anything else happens. */
export async function findByGraph(
  graph: SearchedGraph,
  queries: Matrix,
  k: number,
  { allowed, signal }: FindOptions = {},
): Promise<Found> {
  const { rows, cols } = graph.source;
  checkCount(k, "k");
  checkColumns(queries, cols);
  const ready = directions(queries, "queries");
  checkOnePerRow({ allowed }, rows, "vectors");
  const width = Math.min(k, rows);
  checkResultSize(queries.rows, width);
  signal?.throwIfAborted();
  const search: Search = {
    ...{ graph, ready, measured: measuredQueries(queries), allowed, signal },
    eligible: allowed ? countAllowed(allowed) : rows,
    found: nothingFound(queries.rows, width),
  };
  if (search.eligible === 0) return search.found;
  let pending: Int32Array = rowRange(0, queries.rows);
  const widest = Math.min(search.eligible - 1, mostCandidates);
  for (let wide = firstWidth(search); wide <= widest && pending.length > 0; wide *= widening)
    pending = await inTurns(searchGraph(search, pending, wide), signal);
  await compareRest(search, pending);
  return search.found;
}

interface Search {
  graph: SearchedGraph;
  /** the queries, of length 1 */
  ready: Float32Array;
  measured: MeasuredQuery[];
  allowed: Uint8Array | undefined;
  /** rows that may be found */
  eligible: number;
  signal: AbortSignal | undefined;
  found: Found;
}

function countAllowed(allowed: Uint8Array): number {
  return allowed.reduce((count, may) => count + (may === 0 ? 0 : 1), 0);
}

function checkColumns(queries: Matrix, cols: number): void {
  checkMatrix(queries, "queries");
  if (queries.cols === cols) return;
  throw new ShapeError(
    "queries",
    `has ${queries.cols} numbers a row where the index has ${cols}: use vectors of the same model`,
  );
}

/** So many of the graph's entries that enough of them may be found, if these are spread evenly. */
function firstWidth({ graph: { graph }, found: { k }, eligible }: Search): number {
  return Math.ceil(((k + spare) * graph.nodes) / eligible);
}

/** Writes down the queries for which the graph proposes enough rows, and returns the others. */
function* searchGraph(search: Search, queries: Int32Array, width: number): Steps<Int32Array> {
  const { graph } = search.graph;
  const { dim, expansionSearch } = graph.settings;
  const left: number[] = [];
  for (const query of queries) {
    const vector = search.ready.subarray(query * dim, (query + 1) * dim);
    if (!settle(search, query, graph.search(vector, Math.max(width, expansionSearch)))) left.push(query);
    yield;
  }
  return Int32Array.from(left);
}

/**
 * Measures proposed rows, most similar first as far as 8 bits tell, until a number of them in a row is none of the k
 * nearest any more.
 *
 * @returns whether enough of them may be found
 */
function settle({ graph, measured, allowed, eligible, found }: Search, query: number, ids: Float64Array): boolean {
  const { k } = found;
  const patience = Math.max(spare, Math.ceil(k / 2));
  const nearest = new Float64Array(k);
  let count = 0;
  for (let i = 0, idle = 0; i < ids.length && idle < patience; i++) {
    const row = graph.ids.rowOf(ids[i]);
    if (row < 0 || allowed?.[row] === 0) continue;
    const key = similarityKey(measured[query], row, graph.source.vector(row));
    if (count < k || key < nearest[k - 1]) {
      count = insert(nearest, count, key);
      idle = 0;
    } else idle++;
  }
  if (count < Math.min(k, eligible)) return false;
  writeFound(found, query, nearest.subarray(0, count));
  return true;
}

/** Puts a key among the first `count`, which are sorted, and drops the last where all places are taken. @returns how many there are then */
function insert(sorted: Float64Array, count: number, key: number): number {
  let at = Math.min(count, sorted.length - 1);
  for (; at > 0 && sorted[at - 1] > key; at--) sorted[at] = sorted[at - 1];
  sorted[at] = key;
  return Math.min(count + 1, sorted.length);
}

async function compareRest(search: Search, pending: Int32Array): Promise<void> {
  if (pending.length === 0) return;
  const { graph, measured, allowed, eligible, found, signal } = search;
  const rows = new Int32Array(eligible);
  for (let row = 0, count = 0; row < graph.source.rows; row++) if (allowed?.[row] !== 0) rows[count++] = row;
  const queries = Array.from(pending, (query) => measured[query]);
  const keys = await compareAll(graph.source, queries, rows, found.k, signal);
  pending.forEach((query, i) => {
    writeFound(found, query, keys[i]);
  });
}
