/** The searcher that walks a graph of neighbours (HNSW). */
import { ClosedError } from "../../errors.js";
import type { Searcher, VectorSource } from "../searcher.js";
import { findByGraph } from "./find.js";
import { graphSettings, type HnswOptions } from "./hnsw-options.js";
import { type OpenGraph, openGraph } from "./open-graph.js";
import type { Recall } from "./recall-sample.js";
import { rowIds } from "./row-ids.js";

export type { HnswOptions } from "./hnsw-options.js";
export type { Recall } from "./recall-sample.js";

export interface HnswSearcher extends Searcher {
  readonly kind: "hnsw";
  /** against comparing every row, on a sample; of a file, as measured when it was built */
  readonly recall: Recall;
  /** "extended": the file's, with the rows that it did not hold */
  readonly built: "now" | "extended" | "from file";
  /** whether `file` holds this index */
  readonly saved: boolean;
  /** why it could not be saved; it is searched all the same */
  readonly problem?: string;
  /** vectors and graph, about */
  readonly bytes: number;
}

/**
 * Opens the index in `options.file` if it is one of these vectors and whole, adds the rows that it lacks, or builds it
 * anew. It holds the vectors in 8 bits a number, and the links. Rows that have gone are never found. Similarities are
 * measured in 64 bits from the source, so that only which rows are found is approximate. The same vectors make the same
 * graph, however many threads build it.
 *
 * @param source the rows; read in blocks while the index is built, and one by one for what is found
 * @throws RuntimeError when memory does not hold the graph; ShapeError when there are no vectors, more than can be
 *   ranked, or not one id a row; ArgumentError for other options that cannot be; NotFiniteError and DegenerateDataError
 *   naming the first row that is not finite or zero; the signal's reason when it is aborted
 * @see Malkov & Yashunin 2016, arXiv:1603.09320; Manohar et al. 2024, arXiv:2305.04359, on building it in rounds
 */
export async function hnswSearcher(source: VectorSource, options: HnswOptions): Promise<HnswSearcher> {
  const settings = graphSettings(source, options);
  const ids = rowIds(options.ids, source.rows);
  options.signal?.throwIfAborted();
  const { identity, file, signal, onProgress } = options;
  return searcher(
    await openGraph({
      ...{ source, ids, settings, identity },
      ...(file === undefined ? {} : { file }),
      ...(signal ? { signal } : {}),
      ...(onProgress ? { onProgress } : {}),
    }),
  );
}

function searcher({ graph, recall, built, saved, problem }: OpenGraph): HnswSearcher {
  const running = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;
  const { k, value, queries } = recall;
  return {
    ...{ kind: "hnsw", source: graph.source, recall: { k, value, queries }, built, saved },
    bytes: graph.graph.bytes,
    ...(problem === undefined ? {} : { problem }),
    async find(asked, wanted, options) {
      if (closing) throw new ClosedError("the searcher");
      const job = findByGraph(graph, asked, wanted, options);
      running.add(job);
      return job.finally(() => running.delete(job));
    },
    close() {
      closing ??= Promise.allSettled(running).then(() => {});
      return closing;
    },
  };
}
