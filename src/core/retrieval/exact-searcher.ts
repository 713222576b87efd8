/**
 * The searcher that compares every row. A few queries are compared with a copy in bytes, on the caller's thread, and
 * measured where that cannot decide; many at once, or rows that bytes cannot tell apart, are left to onnxruntime. What
 * is found is the same either way.
 */
import { ClosedError } from "../errors.js";
import { type ByteCopy, byteCopy } from "../numeric/byte-copy.js";
import { candidates } from "../numeric/byte-scan.js";
import { type HeldBase, holdBase } from "../numeric/held-base.js";
import { inTurns } from "../numeric/in-turns.js";
import { checkOnePerRow, type Matrix, row } from "../numeric/matrix.js";
import { type MetricSpace, metricSpace, type PreparedQueries } from "../numeric/metric-space.js";
import { checkResultSize, nearest } from "../numeric/nearest.js";
import { checkCount } from "../numeric/neighbours.js";
import { checkRankable, rankKey } from "../numeric/ranking.js";
import { rowRanges, type Steps } from "../numeric/steps.js";
import { threadCount } from "../runtime/runtime.js";
import { nothingFound, writeFound } from "./found.js";
import type { FindOptions, Found, Searcher, VectorSource } from "./searcher.js";

export interface ExactSearcherOptions {
  /** threads for many queries at once; a few take the caller's @default the machine's physical cores */
  readonly threads?: number;
  /** stops opening it */
  readonly signal?: AbortSignal;
}

/**
 * @param vectors n x d, kept, and not to be changed while the searcher is open; need not be normalised
 * @throws ShapeError when there are no vectors or more than can be ranked; NotFiniteError and DegenerateDataError naming
 *   the first row that is not finite or zero; ArgumentError for a number of threads that cannot be
 */
export async function exactSearcher(vectors: Matrix, options: ExactSearcherOptions = {}): Promise<Searcher> {
  const { signal } = options;
  const threads = threadCount(options.threads);
  const space = await inTurns(metricSpace(vectors, "cosine", "vectors"), signal);
  checkRankable(vectors.rows, "vectors");
  const rows = { vectors, space, copy: await inTurns(byteCopy(vectors), signal), held: lazyBase(space, threads) };
  const running = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;
  return {
    kind: "exact",
    source: matrixSource(vectors),
    async find(queries, k, findOptions = {}) {
      if (closing) throw new ClosedError("the searcher");
      const job = find(rows, queries, k, findOptions);
      running.add(job);
      return job.finally(() => running.delete(job));
    },
    close() {
      closing ??= Promise.allSettled(running).then(() => rows.held.release());
      return closing;
    },
  };
}

/** The rows of a matrix, which is not copied. */
export function matrixSource(vectors: Matrix): VectorSource {
  const { data, rows, cols } = vectors;
  return {
    rows,
    cols,
    read: (from, to) => ({ data: data.subarray(from * cols, to * cols), rows: to - from, cols }),
    vector: (i) => row(vectors, i),
  };
}

interface LazyBase {
  get(): Promise<HeldBase>;
  release(): Promise<void>;
}

/** onnxruntime's copy, made when it is first needed. */
function lazyBase(space: MetricSpace, threads: number): LazyBase {
  let held: Promise<HeldBase> | undefined;
  return {
    get() {
      if (held) return held;
      const holding = holdBase(space, { threads });
      held = holding;
      // what could not be held is tried again
      holding.catch(() => {
        held = undefined;
      });
      return holding;
    },
    release: async () => (await held)?.release(),
  };
}

interface ComparedRows {
  readonly vectors: Matrix;
  readonly space: MetricSpace;
  /** undefined where there is no memory for it */
  readonly copy: ByteCopy | undefined;
  readonly held: LazyBase;
}

/** queries that are compared one by one: with more, onnxruntime takes less time for all of them */
const mostScanned = 4;

async function find(rows: ComparedRows, queries: Matrix, k: number, options: FindOptions): Promise<Found> {
  const { allowed, signal } = options;
  const { vectors, space, copy, held } = rows;
  checkCount(k, "k");
  const prepared = await inTurns(space.prepare(queries, "queries"), signal);
  checkOnePerRow({ allowed }, vectors.rows, "vectors");
  const width = Math.min(k, vectors.rows);
  checkResultSize(queries.rows, width);
  if (copy && queries.rows <= mostScanned) {
    const found = await inTurns(scan(copy, prepared, width, allowed), signal);
    if (found) return found;
  }
  const { indices, measures, k: each } = await nearest(await held.get(), prepared, width, options);
  if (each === width) return { rows: indices, similarities: measures, k: width };
  const found = nothingFound(queries.rows, width);
  for (let q = 0; q < queries.rows; q++) {
    found.rows.set(indices.subarray(q * each, (q + 1) * each), q * width);
    found.similarities.set(measures.subarray(q * each, (q + 1) * each), q * width);
  }
  return found;
}

/** @returns undefined when too many rows would have to be measured */
function* scan(
  copy: ByteCopy,
  prepared: PreparedQueries,
  k: number,
  allowed: Uint8Array | undefined,
): Steps<Found | undefined> {
  const { data, rows, cols } = prepared.ready;
  const found = nothingFound(rows, k);
  for (let q = 0; q < rows; q++) {
    const query = data.subarray(q * cols, (q + 1) * cols);
    const near = yield* candidates(copy, query, k, { allowed, most: mostMeasured(copy.errors.length, k) });
    if (!near) return undefined;
    writeFound(found, q, yield* measured(prepared, q, near));
  }
  return found;
}

/** Measuring more rows than these takes longer than onnxruntime, which need not measure them. */
function mostMeasured(rows: number, k: number): number {
  return Math.max(4096, rows / 20, 2 * k);
}

/** The keys of the rows, most similar first. */
function* measured(prepared: PreparedQueries, query: number, rows: readonly number[]): Steps<Float64Array> {
  const keys = new Float64Array(rows.length);
  for (const { from, to } of rowRanges(rows.length, prepared.ready.cols)) {
    for (let i = from; i < to; i++) keys[i] = rankKey(prepared.sign * prepared.measure(query, rows[i]), rows[i]);
    yield;
  }
  return keys.sort();
}
