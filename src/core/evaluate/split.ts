/** Which rows train, which choose settings and which are tested. */

/** Disjoint lists of rows, each in rising order. */
export interface Split {
  readonly train: Int32Array;
  /** empty where there are too few rows to spare any */
  readonly validation: Int32Array;
  readonly test: Int32Array;
  readonly seed: number;
}
