import { cellSignal } from "../display-hook.js";
import { given } from "../given.js";
import type { LabelledVectors } from "../numeric/labelled-vectors.js";
import type { Matrix } from "../numeric/matrix.js";
import { exactSearcher } from "./exact-searcher.js";
import { type IndexOptions, indexedVectors } from "./indexed-vectors.js";
import { type SearchIndex, searchIndex } from "./search-index.js";

export type ExactIndexOptions = IndexOptions;

/** An index that compares every vector. */
export type ExactIndex = SearchIndex;

/**
 * An exact index by cosine similarity, for up to some 100,000 vectors.
 *
 * @param vectors n x d, or a record of them with their pictures and labels; kept, and not to be changed while the index
 *   is open. They need not be normalised.
 * @throws ShapeError when there are no vectors or more than can be ranked, or pictures, labels or the model do not fit them;
 *   NotFiniteError and DegenerateDataError naming the first row that is not finite or zero
 */
export async function exactIndex(
  vectors: Matrix | LabelledVectors,
  options: ExactIndexOptions = {},
): Promise<ExactIndex> {
  const known = indexedVectors(vectors, options);
  const searcher = await exactSearcher(known.vectors, given({ threads: options.threads, signal: cellSignal() }));
  return searchIndex(searcher, known.rows).index;
}
