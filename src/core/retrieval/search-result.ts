/** What a search gives back, whichever index ran it. */
import type { PatchMatch, RegionMatch } from "../features/matching.js";
import type { Picture } from "../picture.js";
import type { SearcherKind } from "./searcher.js";

export interface Hit {
  /** row of the index */
  row: number;
  /** cosine similarity to the query, -1 to 1; to a box of a picture, the mean over its patches of their best in the hit */
  similarity: number;
  /** share of the index's random pairs that are less similar, 0 to 100, where that was measured */
  percentile?: number;
  /** which patches of query, `a`, and hit, `b`, look alike, where that was asked for */
  match?: PatchMatch | RegionMatch;
  picture?: Picture;
  label?: string;
}

export interface SearchedQuery {
  /** the picture that was asked for, where there is one */
  picture?: Picture;
  /** the row of the index that was asked for; it is not among its own hits */
  row?: number;
  label?: string;
  /** nearest first; equally similar ones in the order of their row */
  hits: Hit[];
}

export interface SearchResult {
  queries: SearchedQuery[];
  /** hits asked for a query; fewer come where the index holds fewer */
  k: number;
  /** vectors in the index */
  size: number;
  /** the model that the vectors come from, where known */
  modelName?: string;
  /** height and width of that model's input in pixels, where known */
  inputSize?: readonly [height: number, width: number];
  /** what found the hits; `recall` is the share of the true nearest rows that it finds on a sample, 0 to 1 */
  index?: { kind: SearcherKind; recall?: number };
}
