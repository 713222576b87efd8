/** How far an accuracy would move with other pictures, by drawing rows, or groups of rows, with replacement. */
import { ShapeError } from "../errors.js";
import { checkCount } from "../numeric/neighbours.js";
import { quantile } from "../numeric/quantile.js";
import { checkSeed, seededRandom } from "../numeric/random.js";
import { binomialQuantile } from "./binomial-quantile.js";
import type { Interval } from "./interval.js";
import type { Rightness } from "./mcnemar.js";
import { rowGroups } from "./row-groups.js";
import { checkLevel, wilsonInterval } from "./wilson.js";

export interface AccuracyIntervalOptions {
  /** [rows], rows with the same number are drawn together, such as near-duplicates @default every row on its own */
  readonly groups?: ArrayLike<number>;
  /** share of such intervals that hold the true value @default 0.95 */
  readonly level?: number;
  /** how often groups are drawn @default 2000 */
  readonly resamples?: number;
  /** of the draws of groups: same seed, same bytes @default 0 */
  readonly seed?: number;
}

/**
 * The share of right rows with a percentile bootstrap interval. Rows that are drawn singly need no chance: how many
 * right ones such a draw holds follows a binomial distribution, whose quantiles are the interval of endlessly many
 * draws. Groups are drawn whole, since rows that are alike say less than as many different ones.
 *
 * Where every draw would give the same share (all right, all wrong, one group), the bootstrap would claim to know it
 * exactly: then the interval is Wilson's for as many observations as there are groups.
 *
 * @param right whether each row was right: [rows]
 * @throws ShapeError when there are no rows, or not one group a row; ArgumentError for an option that is none
 * @see Efron 1979, doi:10.1214/aos/1176344552; Field & Welsh 2007, doi:10.1111/j.1467-9868.2007.00593.x, for groups
 */
export function accuracyInterval(right: Rightness, options: AccuracyIntervalOptions = {}): Interval {
  const { groups, level = 0.95, resamples = 2000, seed = 0 } = options;
  checkLevel(level);
  checkCount(resamples, "resamples");
  checkSeed(seed);
  const rows = right?.length ?? 0;
  if (rows === 0) throw new ShapeError("right", "is empty: give whether each row was right");
  const clusters = rowGroups(rows, groups).map((own) => ({
    rows: own.length,
    right: own.reduce((count, row) => count + (right[row] ? 1 : 0), 0),
  }));
  const correct = clusters.reduce((sum, own) => sum + own.right, 0);
  const value = correct / rows;
  if (clusters.every((own) => own.right * rows === correct * own.rows))
    return wilsonInterval(value, clusters.length, level);
  const tail = (1 - level) / 2;
  if (clusters.length === rows) {
    const at = (share: number): number => binomialQuantile(share, rows, value) / rows;
    return { value, low: at(tail), high: at(1 - tail), level };
  }
  const shares = drawnShares(clusters, resamples, seed).sort();
  // the value of the data is one of those that draws may give: the interval never leaves it out
  const low = Math.min(value, quantile(shares, tail));
  return { value, low, high: Math.max(value, quantile(shares, 1 - tail)), level };
}

interface Cluster {
  readonly rows: number;
  readonly right: number;
}

/** The share of right rows in each of some draws of as many groups as there are. */
function drawnShares(clusters: readonly Cluster[], resamples: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  const sizes = Int32Array.from(clusters, (own) => own.rows);
  const rights = Int32Array.from(clusters, (own) => own.right);
  return Float64Array.from({ length: resamples }, () => {
    let [rows, right] = [0, 0];
    for (let i = 0; i < sizes.length; i++) {
      const any = Math.floor(random() * sizes.length);
      rows += sizes[any];
      right += rights[any];
    }
    return right / rows;
  });
}
