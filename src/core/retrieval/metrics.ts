/** How good a ranking is, given which of its entries are relevant. */
import { ArgumentError } from "../errors.js";
import { checkCount } from "../numeric/neighbours.js";

/** Whether each entry is relevant, best ranked first; anything but 0 and false counts as relevant. */
export type Relevance = ArrayLike<boolean | number>;

export interface AveragePrecisionOptions {
  /** the entries' scores, best first: entries with one score count as one step @default every entry a step of its own */
  readonly scores?: ArrayLike<number>;
  /** how many relevant entries there are, found or not @default those in `relevant` */
  readonly total?: number;
}

/** The share of the first k entries that are relevant; entries that are not there count as not relevant. */
export function precisionAtK(relevant: Relevance, k: number): number {
  checkCount(k, "k");
  return countRelevant(relevant, k) / k;
}

/**
 * The share of the relevant entries that are among the first k.
 *
 * @param total how many relevant entries there are, found or not @default those in `relevant`
 * @returns NaN when there are none
 */
export function recallAtK(relevant: Relevance, k: number, total: number = countRelevant(relevant)): number {
  checkCount(k, "k");
  return countRelevant(relevant, k) / total;
}

/**
 * The mean, over the relevant entries, of the precision down to each: the area under the precision-recall steps, as
 * scikit-learn's average_precision_score.
 *
 * @returns 0 to 1, or NaN when nothing is relevant
 */
export function averagePrecision(relevant: Relevance, options: AveragePrecisionOptions = {}): number {
  const { scores, total = countRelevant(relevant) } = options;
  let sum = 0;
  let found = 0;
  let before = 0;
  for (let i = 0; i < relevant.length; i++) {
    if (relevant[i]) found++;
    if (scores && i + 1 < relevant.length && scores[i + 1] === scores[i]) continue;
    sum += ((found - before) * found) / (i + 1);
    before = found;
  }
  return sum / total;
}

export interface MeanAveragePrecision {
  /** over the queries that have a relevant entry; NaN when none has */
  mean: number;
  /** queries that count */
  queries: number;
  /** queries without any relevant entry, which have no average precision */
  leftOut: number;
}

/** The mean of the average precision of several queries. */
export function meanAveragePrecision(rankings: readonly Relevance[]): MeanAveragePrecision {
  const values = rankings.map((r) => averagePrecision(r)).filter((v) => !Number.isNaN(v));
  return {
    mean: values.reduce((a, b) => a + b, 0) / values.length,
    queries: values.length,
    leftOut: rankings.length - values.length,
  };
}

/**
 * Average precision as the revisited Oxford and Paris benchmarks define it: junk entries are taken out of the ranking
 * first, and the area under the precision-recall curve is summed by trapezoids.
 *
 * @param ranked what was found, best first
 * @param positive what should be found; positives that are not ranked count as misses
 * @param junk what counts neither way
 * @throws ArgumentError when nothing is positive
 * @see Radenović et al. 2018, arXiv:1803.11285
 */
export function revisitedAveragePrecision(
  ranked: readonly number[],
  positive: Iterable<number>,
  junk: Iterable<number> = [],
): number {
  const wanted = new Set(positive);
  const ignored = new Set(junk);
  if (wanted.size === 0)
    throw new ArgumentError("positive", "is empty, so the query has no average precision: leave such queries out");
  let sum = 0;
  let found = 0;
  let rank = 0;
  for (const entry of ranked) {
    if (ignored.has(entry)) continue;
    if (wanted.has(entry)) {
      const before = rank === 0 ? 1 : found / rank;
      found++;
      sum += (before + found / (rank + 1)) / 2;
    }
    rank++;
  }
  return sum / wanted.size;
}

function countRelevant(relevant: Relevance, end: number = relevant.length): number {
  let count = 0;
  for (let i = 0; i < Math.min(end, relevant.length); i++) if (relevant[i]) count++;
  return count;
}
