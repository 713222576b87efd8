/** Adds rows to a graph block by block, so that they are never all in memory beside it. */
import { setImmediate } from "node:timers/promises";
import type { VectorSource } from "../searcher.js";
import type { Graph } from "./graph.js";
import type { RecallSample } from "./recall-sample.js";
import { directions, readRows, rowsAtOnce } from "./source-rows.js";

export interface FillJob {
  readonly graph: Graph;
  readonly source: VectorSource;
  /** [source.rows] */
  readonly ids: ArrayLike<number>;
  /** to add, ascending */
  readonly rows: Int32Array;
  /** compared with the same rows */
  readonly sample?: RecallSample;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Adds rows to a graph block by block, then links them.
 *
 * @throws NotFiniteError and DegenerateDataError naming the first row that is not finite or zero; the signal's reason
 *   when it is aborted
 */
export async function fillGraph(job: FillJob): Promise<void> {
  const { graph, source, ids, rows, sample, signal, onProgress } = job;
  if (graph.nodes === 0) graph.setCentre(centreOf(source));
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    signal?.throwIfAborted();
    const block = rows.subarray(from, from + rowsAtOnce);
    const vectors = directions(readRows(source, block), "vectors", (i) => block[i]);
    graph.add(
      Array.from(block, (row) => ids[row]),
      vectors,
    );
    await (sample ? sample.compare(vectors, block) : setImmediate());
  }
  await graph.link({ signal, onProgress });
}

/** rows that the centre is the mean of: any centre is right, one in the middle leaves the smallest errors */
const centreRows = 1024;

function centreOf(source: VectorSource): Float32Array {
  const { rows, cols } = source;
  const step = Math.max(1, Math.floor(rows / centreRows));
  const some = Int32Array.from({ length: Math.ceil(rows / step) }, (_, i) => i * step);
  const vectors = directions(readRows(source, some), "vectors", (i) => some[i]);
  const centre = new Float64Array(cols);
  for (let i = 0; i < vectors.length; i++) centre[i % cols] += vectors[i] / some.length;
  return Float32Array.from(centre);
}

/** Compares rows that are in the graph already. */
export async function compareRows(
  source: VectorSource,
  sample: RecallSample,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (let from = 0; from < source.rows; from += rowsAtOnce) {
    signal?.throwIfAborted();
    const block = rowRange(from, Math.min(source.rows, from + rowsAtOnce));
    await sample.compare(
      directions(readRows(source, block), "vectors", (i) => block[i]),
      block,
    );
  }
}

/** The rows `from` up to `to`. */
export function rowRange(from: number, to: number): Int32Array {
  return Int32Array.from({ length: to - from }, (_, i) => from + i);
}
