/** One query out of several examples: towards those that are wanted, away from those that are not. */
import { ArgumentError, DegenerateDataError, ShapeError } from "../errors.js";
import { checkMatrix, type Matrix } from "../numeric/matrix.js";
import { normaliseRows } from "../numeric/normalise.js";

export interface RocchioOptions {
  /** what should be found: n x d, one row or more; rows need not be normalised */
  readonly positives: Matrix;
  /** what should not be found: m x d @default none */
  readonly negatives?: Matrix;
  /** weight of the positives, above 0 @default 0.75 */
  readonly beta?: number;
  /** weight of the negatives, 0 or more @default 0.15 */
  readonly gamma?: number;
}

/** What rounding to 32 bits can leave of vectors that cancel, as a share of their weights. */
const noise = 1e-6;

/**
 * The query of Rocchio (1971) without an original one: `beta` times the mean of the positives less `gamma` times the
 * mean of the negatives, each row brought to length 1 first, as cosine similarity asks for.
 *
 * @returns [d], of length 1
 * @throws ShapeError when there is no positive or the negatives have another number of columns; NotFiniteError and
 *   DegenerateDataError naming the first row that is not finite or zero; DegenerateDataError when the rows cancel, so
 *   that no direction is left; ArgumentError for weights that make no sense
 * @see Manning, Raghavan & Schütze 2008, Introduction to Information Retrieval, section 9.1.1, for the formula and for
 *   0.75 and 0.15 as reasonable weights beside an original query of weight 1
 * @example index.search(rocchio({ positives: liked, negatives: disliked }));
 */
export function rocchio({ positives, negatives, beta = 0.75, gamma = 0.15 }: RocchioOptions): Float32Array {
  checkWeights(beta, gamma);
  checkMatrix(positives, "positives");
  if (positives.rows === 0) throw new ShapeError("positives", "has no rows: give at least one example to look for");
  const query = new Float64Array(positives.cols);
  addMean(query, positives, beta, "positives");
  if (negatives !== undefined) {
    checkMatrix(negatives, "negatives");
    if (negatives.cols !== positives.cols)
      throw new ShapeError(
        "negatives",
        `has ${negatives.cols} numbers a row where positives has ${positives.cols}: use vectors of the same model`,
      );
    if (negatives.rows > 0) addMean(query, negatives, -gamma, "negatives");
  }
  const length = Math.hypot(...query);
  if (!(length > noise * (beta + gamma)))
    throw new DegenerateDataError(
      "positives",
      `cancel${negatives ? " with the negatives" : ""}, so that no direction is left to search in: leave some out or change the weights`,
    );
  return Float32Array.from(query, (v) => v / length);
}

function checkWeights(beta: number, gamma: number): void {
  if (!(beta > 0 && Number.isFinite(beta))) throw new ArgumentError("beta", `is ${beta}: give a number above 0`);
  if (!(gamma >= 0 && Number.isFinite(gamma)))
    throw new ArgumentError("gamma", `is ${gamma}: give a number, 0 or more`);
}

function addMean(sum: Float64Array, m: Matrix, weight: number, argument: string): void {
  const { data, rows, cols } = normaliseRows(m, argument);
  for (let i = 0; i < data.length; i++) sum[i % cols] += (weight * data[i]) / rows;
}
