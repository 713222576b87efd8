/** Pictures so alike that training on one and testing on the other measures memory, not knowledge. */

export interface SimilarPair {
  readonly a: number;
  readonly b: number;
  /** cosine similarity, -1 to 1 */
  readonly similarity: number;
}

export interface SimilarityGroups {
  /** [rows], a group's number, counted from 0 in the order of its first row: rows of one group must stay together */
  readonly groups: Int32Array;
  /** how many groups there are */
  readonly count: number;
  /** the pairs that made groups of several rows, the most similar first */
  readonly pairs: readonly SimilarPair[];
  readonly threshold: number;
}

/** Similar pairs on both sides of a split. */
export interface LeakReport {
  readonly threshold: number;
  /** a is a training (or validation) row, b a test row; the most similar first */
  readonly pairs: readonly SimilarPair[];
  /** test rows in such a pair, in rising order */
  readonly testRows: Int32Array;
}
