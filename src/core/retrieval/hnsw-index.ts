import { createHash } from "node:crypto";
import { ofCell } from "../display-hook.js";
import { given } from "../given.js";
import type { LabelledVectors } from "../numeric/labelled-vectors.js";
import type { Matrix } from "../numeric/matrix.js";
import { matrixSource } from "./exact-searcher.js";
import { type HnswOptions, hnswSearcher } from "./hnsw/hnsw.js";
import { type IndexOptions, indexedVectors } from "./indexed-vectors.js";
import { type SearchIndex, searchIndex } from "./search-index.js";

export interface HnswIndexOptions
  extends IndexOptions,
    Pick<HnswOptions, "file" | "connectivity" | "expansionAdd" | "expansionSearch" | "signal" | "onProgress"> {}

/**
 * An approximate index by cosine similarity, for many vectors: a graph of neighbours (HNSW), which finds nearly all of
 * the nearest in a fraction of the time. `recall` says how many, measured on a sample. The similarities are exact.
 *
 * @param vectors n x d, or a record of them with their pictures and labels; kept, and not to be changed while the index
 *   is open. They need not be normalised.
 * @param options.file keeps the graph between runs; one of other vectors is built anew
 * @throws what `exactIndex` throws; RuntimeError when memory does not hold the graph
 * @see Malkov & Yashunin 2016, arXiv:1603.09320
 */
export async function hnswIndex(
  vectors: Matrix | LabelledVectors,
  options: HnswIndexOptions = {},
): Promise<SearchIndex> {
  const known = indexedVectors(vectors, options);
  const { file, connectivity, expansionAdd, expansionSearch, signal, onProgress, threads } = ofCell(options);
  const { data, rows } = known.vectors;
  const searcher = await hnswSearcher(matrixSource(known.vectors), {
    ids: Float64Array.from({ length: rows }, (_, i) => i),
    identity: file === undefined ? "" : hashOf(data),
    ...given({ file, connectivity, expansionAdd, expansionSearch, signal, onProgress, threads }),
  });
  return searchIndex(searcher, known.rows, searcher.recall.value).index;
}

function hashOf({ buffer, byteOffset, byteLength }: Float32Array): string {
  return createHash("sha256")
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest("hex");
}
