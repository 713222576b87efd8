/** What a search gives back, whichever index ran it. */
import type { Picture } from "../picture.js";

export interface Hit {
  /** row of the index */
  row: number;
  /** cosine similarity to the query, -1 to 1 */
  similarity: number;
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
}
