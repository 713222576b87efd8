import { ofCell } from "../display-hook.js";
import { ArgumentError } from "../errors.js";
import { holdBase } from "./held-base.js";
import { inTurns } from "./in-turns.js";
import { checkMatrix, type Matrix } from "./matrix.js";
import { type Metric, metricSpace } from "./metric-space.js";
import { checkResultSize, nearest } from "./nearest.js";
import { checkRankable } from "./ranking.js";

export type { Metric } from "./metric-space.js";

export interface NeighboursOptions<M extends Metric = Metric> {
  /** how many neighbours a query; where the base has fewer, all of them are given */
  readonly k: number;
  /** "cosine": the angle, for image features; "euclidean": the distance */
  readonly metric: M;
  /** whose neighbours to find, with as many columns as the base @default the base's own rows */
  readonly queries?: Matrix;
  /** leave each row out of its own neighbours; only without `queries` @default false */
  readonly excludeSelf?: boolean;
  /** stops between blocks */
  readonly signal?: AbortSignal;
  /** called after each block, with rows */
  readonly onProgress?: (done: number, total: number) => void;
}

/** The k nearest rows of each query, nearest first. Entry j of query i is at i * k + j. */
export interface Neighbours {
  /** rows of the base: [rows, k] */
  indices: Int32Array;
  /** Euclidean distances, or 1 - similarity under "cosine": [rows, k] */
  distances: Float32Array;
  /** how many queries */
  rows: number;
  /** neighbours a query: as asked, or fewer where the base has fewer */
  k: number;
  metric: Metric;
}

export interface CosineNeighbours extends Neighbours {
  /** cosine similarities, -1 to 1: [rows, k] */
  similarities: Float32Array;
  metric: "cosine";
}

/**
 * Exact nearest neighbours: scores by onnxruntime in blocks, the best measured again in 64 bits. Memory beside the
 * result and two copies of the base stays below about 100 MB. Rows that are exactly equally near, as 32-bit numbers,
 * come in the order of their row; the result does not depend on the machine.
 *
 * @param base n x d vectors
 * @returns indices and distances, and similarities under "cosine"
 * @throws ShapeError when the base is empty or larger than can be ranked, the queries have another number of columns, or
 *   they and k make more neighbours than one result holds; NotFiniteError naming the first row with NaN or an
 *   infinity; DegenerateDataError naming the first row of zeros under "cosine"; ArgumentError when k is not a whole number
 *   of 1 or more, or excludeSelf comes with queries
 */
export function neighbours(base: Matrix, options: NeighboursOptions<"cosine">): Promise<CosineNeighbours>;
export function neighbours(base: Matrix, options: NeighboursOptions): Promise<Neighbours>;
export async function neighbours(base: Matrix, options: NeighboursOptions): Promise<Neighbours | CosineNeighbours> {
  const { metric, queries = base, excludeSelf = false, signal, onProgress } = ofCell(options);
  checkMatrix(base, "base");
  checkMatrix(queries, "queries");
  checkRankable(base.rows, "base");
  checkCount(options.k, "k");
  checkResultSize(queries.rows, Math.min(options.k, base.rows));
  if (excludeSelf && options.queries)
    throw new ArgumentError(
      "excludeSelf",
      "only works without queries: rows of the base have themselves as neighbours",
    );
  const space = await inTurns(metricSpace(base, metric), signal);
  const prepared = await inTurns(space.prepare(queries, "queries"), signal);
  const held = await holdBase(space);
  try {
    const { indices, measures, k } = await nearest(held, prepared, options.k, {
      ...(excludeSelf ? { excluded: (query: number, row: number) => query === row, spare: 1 } : {}),
      ...(signal ? { signal } : {}),
      ...(onProgress ? { onProgress } : {}),
    });
    const common = { indices, rows: queries.rows, k };
    if (metric === "euclidean") return { ...common, distances: measures, metric };
    return { ...common, distances: measures.map((s) => 1 - s), similarities: measures, metric };
  } finally {
    await held.release();
  }
}

/** @throws ArgumentError when `value` is not a whole number of 1 or more */
export function checkCount(value: number, argument: string): void {
  if (!Number.isInteger(value) || value < 1)
    throw new ArgumentError(argument, `is ${value}: give a whole number, 1 or more`);
}
