/** Vectors and queries, FAISS over the same numbers, and both sides' searches timed in turn. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Matrix } from "#dist/core/numeric/matrix.js";
import { normaliseRows } from "#dist/core/numeric/normalise.js";
import type { Searcher } from "#dist/core/retrieval/searcher.js";
import { clustered } from "./data.js";
import type { Notes } from "./main.js";
import { type Comparison, compareTimes, timed } from "./measure.js";
import { Faiss, type FaissSearch } from "./peers/faiss.js";
import { PeerAbsent } from "./peers/process.js";

/** hits a query */
export const k = 10;

/** milliseconds before each run, in which threads that wait actively for more work fall asleep */
const pause = 100;

export interface SearchLab {
  /** rows of length 1 */
  base: Matrix;
  /** rows of length 1 */
  queries: Matrix;
}

/** 100,000 vectors of 384 numbers in 200 clusters, as features of a collection lie, and queries from the same. */
export function searchLab(queries: number): SearchLab {
  const rows = 100_000;
  const all = normaliseRows(clustered(rows + queries, 384, 200));
  return { base: part(all, 0, rows), queries: part(all, rows, rows + queries) };
}

/** Leaves the ratios out where FAISS is not installed. */
export async function withFaiss(
  { base, queries }: SearchLab,
  ratios: readonly string[],
  notes: Notes,
  work: (faiss: Faiss) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "patchlab-bench-"));
  try {
    const faiss = await Faiss.open(folder, base, queries);
    notes.versions(faiss.versions);
    await work(faiss).finally(() => faiss.close());
  } catch (error) {
    if (!(error instanceof PeerAbsent)) throw error;
    notes.skip(ratios, error.message);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export interface SearchRun {
  /** how many of the queries to ask */
  count: number;
  /** one after the other, or all of them at once */
  oneByOne: boolean;
  pairs: number;
}

/** Milliseconds a query where they are asked one after the other, or of all of them together. */
export async function compareSearches(
  ours: Searcher,
  faiss: Faiss,
  queries: Matrix,
  search: Omit<FaissSearch, "oneByOne">,
  { count, oneByOne, pairs }: SearchRun,
): Promise<Comparison> {
  const asked = oneByOne ? Array.from({ length: count }, (_, i) => part(queries, i, i + 1)) : [part(queries, 0, count)];
  const own = timed(async () => {
    for (const some of asked) await ours.find(some, k);
  });
  return compareTimes(
    async () => (await own()) / asked.length,
    async () => (await faiss.time({ ...search, oneByOne }, count)) / asked.length,
    { pairs, pause },
  );
}

function part({ data, cols }: Matrix, from: number, to: number): Matrix {
  return { data: data.subarray(from * cols, to * cols), rows: to - from, cols };
}

/** The share of the hits of `b` that are not among those of `a` for the same query: [queries, width] rows each. */
export function differentHits(a: Int32Array, b: Int32Array, width = k): number {
  let different = 0;
  for (let start = 0; start < b.length; start += width) {
    const known = new Set(a.subarray(start, start + width));
    for (const row of b.subarray(start, start + width)) if (!known.has(row)) different++;
  }
  return different / b.length;
}
