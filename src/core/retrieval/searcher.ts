/** What finds the nearest rows, whichever way: the part of an index that knows only numbers. */
import type { Matrix } from "../numeric/matrix.js";

export type SearcherKind = "exact" | "hnsw";

/** Vectors by row, which need not all lie in memory. */
export interface VectorSource {
  readonly rows: number;
  /** numbers a vector */
  readonly cols: number;
  /** the rows `from` up to `to` under each other; not to be changed */
  read(from: number, to: number): Matrix;
  /** one row, not to be changed */
  vector(row: number): Float32Array;
}

export interface FindOptions {
  /** [rows], 1 where a row may be found @default every row may */
  readonly allowed?: Uint8Array;
  readonly signal?: AbortSignal;
}

/** The most similar rows of each query, most similar first; equally similar ones in the order of their row. */
export interface Found {
  /** [queries, k], -1 where there are fewer than k */
  rows: Int32Array;
  /** [queries, k] cosine similarities, measured in 64 bits and rounded; 0 where there is no row */
  similarities: Float32Array;
  k: number;
}

export interface Searcher {
  readonly kind: SearcherKind;
  readonly source: VectorSource;
  /**
   * @param queries [queries, cols], finite and not zero; need not be normalised
   * @param k 1 or more
   * @throws ShapeError when the queries have another number of columns; NotFiniteError and DegenerateDataError naming
   *   the first query that is not finite or zero
   */
  find(queries: Matrix, k: number, options?: FindOptions): Promise<Found>;
  /** waits for running searches, then frees what it holds */
  close(): Promise<void>;
}
