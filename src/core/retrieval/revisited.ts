/** The protocol of the revisited Oxford and Paris benchmarks over a whole set of queries. */
import { ArgumentError } from "../errors.js";
import { checkCount } from "../numeric/neighbours.js";
import { revisitedAveragePrecision } from "./metrics.js";

/** What was found for a query, and what should have been. Entries are named by their numbers. */
export interface RevisitedQuery {
  /** all entries that were found, best first; normally every entry of the set */
  readonly ranked: readonly number[];
  /** entries that show what was asked for plainly */
  readonly easy: readonly number[];
  /** those that show it from an odd side, in part or in bad light */
  readonly hard: readonly number[];
  /** those that count neither way, such as the query's own picture @default none */
  readonly junk?: readonly number[];
}

/** Means over the queries that have something to find. */
export interface RevisitedSetup {
  meanAveragePrecision: number;
  /** mean precision among the first k, or down to the last positive where that comes earlier; one entry for each of `ks` */
  precision: { k: number; value: number }[];
  queries: number;
  /** queries without a positive */
  leftOut: number;
}

/** The three setups: easy entries are wanted and hard ones ignored, both are wanted, hard are wanted and easy ignored. */
export interface RevisitedScores {
  easy: RevisitedSetup;
  medium: RevisitedSetup;
  hard: RevisitedSetup;
}

/**
 * Mean average precision and mean precision at k as the revisited Oxford and Paris benchmarks report them.
 *
 * @param options.ks where to cut the rankings for precision @default [1, 5, 10]
 * @returns means from 0 to 1, NaN where no query of a setup has a positive
 * @throws ArgumentError when there are no queries or a k is not a whole number of 1 or more
 * @see Radenović et al. 2018, arXiv:1803.11285, and its code, github.com/filipradenovic/revisitop
 */
export function evaluateRevisited(
  queries: readonly RevisitedQuery[],
  { ks = [1, 5, 10] }: { readonly ks?: readonly number[] } = {},
): RevisitedScores {
  if (queries.length === 0) throw new ArgumentError("queries", "is empty: give at least one");
  for (const k of ks) checkCount(k, "ks");
  return {
    easy: scoresOf(queries, ks, ({ easy, hard, junk = [] }) => ({ positive: easy, ignored: [...junk, ...hard] })),
    medium: scoresOf(queries, ks, ({ easy, hard, junk = [] }) => ({ positive: [...easy, ...hard], ignored: junk })),
    hard: scoresOf(queries, ks, ({ easy, hard, junk = [] }) => ({ positive: hard, ignored: [...junk, ...easy] })),
  };
}

interface Judged {
  positive: readonly number[];
  ignored: readonly number[];
}

function scoresOf(
  queries: readonly RevisitedQuery[],
  ks: readonly number[],
  judge: (query: RevisitedQuery) => Judged,
): RevisitedSetup {
  const judged = queries
    .map((query) => ({ ranked: query.ranked, ...judge(query) }))
    .filter(({ positive }) => positive.length > 0);
  const mean = (score: (query: (typeof judged)[number]) => number): number =>
    judged.reduce((sum, query) => sum + score(query), 0) / judged.length;
  return {
    meanAveragePrecision: mean(({ ranked, positive, ignored }) => revisitedAveragePrecision(ranked, positive, ignored)),
    precision: ks.map((k) => ({ k, value: mean((query) => precisionDownTo(k, query)) })),
    queries: judged.length,
    leftOut: queries.length - judged.length,
  };
}

/** A list with fewer positives than k would otherwise never reach 1. */
function precisionDownTo(k: number, { ranked, positive, ignored }: Judged & Pick<RevisitedQuery, "ranked">): number {
  const [wanted, left] = [new Set(positive), new Set(ignored)];
  const hits = ranked.filter((entry) => !left.has(entry)).map((entry) => wanted.has(entry));
  const cut = Math.min(k, hits.lastIndexOf(true) + 1);
  return cut === 0 ? 0 : hits.slice(0, cut).filter(Boolean).length / cut;
}
