/** Vectors for the graph's tests, and the searcher over them. */
import type { Matrix } from "#dist/core/numeric/matrix.js";
import { normal, seededRandom } from "#dist/core/numeric/random.js";
import { matrixSource } from "#dist/core/retrieval/exact-searcher.js";
import { type HnswOptions, type HnswSearcher, hnswSearcher } from "#dist/core/retrieval/hnsw/hnsw.js";
import type { Found } from "#dist/core/retrieval/searcher.js";
import { normalMatrix } from "../../../support/samples.js";

/** Normal numbers around centres that have a deviation of 1. */
export function clustered(rows: number, cols: number, seed = 0, { clusters = 20, spread = 0.6 } = {}): Matrix {
  const random = seededRandom(seed);
  const centres = normalMatrix(clusters, cols, 5, { deviation: () => 1 }).data;
  const data = new Float32Array(rows * cols);
  for (let i = 0; i < rows; i++) {
    const centre = Math.floor(clusters * random()) * cols;
    for (let j = 0; j < cols; j++) data[i * cols + j] = centres[centre + j] + spread * normal(random);
  }
  return { data, rows, cols };
}

/** Some of the rows, copied. */
export function rowsOf({ data, cols }: Matrix, rows: readonly number[]): Matrix {
  const out = new Float32Array(rows.length * cols);
  rows.forEach((row, i) => {
    out.set(data.subarray(row * cols, (row + 1) * cols), i * cols);
  });
  return { data: out, rows: rows.length, cols };
}

/** The numbers `from` up to `to`. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

/** A searcher with ids from 0 on, where no others are given, over a collection called "test". */
export function open(vectors: Matrix, options: Partial<HnswOptions> = {}): Promise<HnswSearcher> {
  return hnswSearcher(matrixSource(vectors), { ids: range(0, vectors.rows), identity: "test", ...options });
}

export async function withSearcher<T>(
  vectors: Matrix,
  options: Partial<HnswOptions>,
  use: (searcher: HnswSearcher) => Promise<T>,
): Promise<T> {
  const searcher = await open(vectors, options);
  try {
    return await use(searcher);
  } finally {
    await searcher.close();
  }
}

/** The rows found for a query. */
export function hits({ rows, k }: Found, query: number): number[] {
  return [...rows.subarray(query * k, (query + 1) * k)].filter((row) => row >= 0);
}

/** The share of the hits of `expected` that are among those of `found`. */
export function recall(found: Found, expected: Found): number {
  let [shared, all] = [0, 0];
  for (let q = 0; q * expected.k < expected.rows.length; q++) {
    const own = new Set(hits(found, q));
    all += hits(expected, q).length;
    shared += hits(expected, q).filter((row) => own.has(row)).length;
  }
  return shared / all;
}
