import { ArgumentError } from "../errors.js";
import { type HeldBase, holdBase, queriesAtOnce } from "../numeric/held-base.js";
import { inTurns } from "../numeric/in-turns.js";
import { type LabelledVectors, labelledVectors } from "../numeric/labelled-vectors.js";
import { checkOnePerRow, type Matrix } from "../numeric/matrix.js";
import { type Metric, metricSpace } from "../numeric/metric-space.js";
import { checkCount } from "../numeric/neighbours.js";
import { checkRankable } from "../numeric/ranking.js";
import type { Steps } from "../numeric/steps.js";
import { type Ranking, rankAll } from "./full-ranking.js";
import { averagePrecision, precisionAtK, recallAtK } from "./metrics.js";

export interface EvaluateRetrievalOptions {
  /** where to cut the rankings for precision and recall @default [1, 5, 10] */
  readonly ks?: readonly number[];
  /** what ranks the others @default "cosine" */
  readonly metric?: Metric;
  readonly signal?: AbortSignal;
  /** called after each block, with queries */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface RetrievalScores {
  meanAveragePrecision: number;
  /** mean precision among the first k, one entry for each of `ks` */
  precision: { k: number; value: number }[];
  /** mean share of all relevant rows that are among the first k, one entry for each of `ks` */
  recall: { k: number; value: number }[];
  /** rows that were used as queries */
  queries: number;
  /** rows whose label no other row has, so that there is nothing to find */
  leftOut: number;
}

/**
 * How well vectors find their like: every row is a query, all other rows are ranked, and those with its label are
 * relevant. Rows count as equally near where their 32-bit measures are equal, and average precision takes these as one
 * step, as scikit-learn does. Takes n² log n time.
 *
 * @param vectors n x d, or a record of them
 * @param labels what each row shows, n of them @default the record's own
 * @returns the means over the queries; NaN where no query is left
 * @throws ShapeError when there is not one label a row; ArgumentError when there are no labels; and what `neighbours` throws for vectors that cannot be compared
 */
export async function evaluateRetrieval(
  vectors: Matrix | LabelledVectors,
  labels?: ArrayLike<string | number>,
  options: EvaluateRetrievalOptions = {},
): Promise<RetrievalScores> {
  const { ks = [1, 5, 10], metric = "cosine", signal, onProgress } = options;
  for (const k of ks) checkCount(k, "ks");
  const known = labelledVectors(vectors, "vectors");
  const { rows } = known.vectors;
  const shown = checkedLabels(labels ?? known.labels, rows);
  checkRankable(rows, "vectors");
  const space = await inTurns(metricSpace(known.vectors, metric, "vectors"), signal);
  const held = await holdBase(space);
  const sums = { average: 0, precision: ks.map(() => 0), recall: ks.map(() => 0), queries: 0 };
  try {
    await eachRanking(held, known.vectors, shown, { signal, onProgress }, (query, ranking) => {
      const relevant = ranking.rows.map((r) => (shown[r] === shown[query] ? 1 : 0));
      const average = averagePrecision(relevant, { scores: ranking.steps });
      if (Number.isNaN(average)) return;
      sums.queries++;
      sums.average += average;
      ks.forEach((k, i) => {
        sums.precision[i] += precisionAtK(relevant, k);
        sums.recall[i] += recallAtK(relevant, k);
      });
    });
  } finally {
    await held.release();
  }
  const mean = (sum: number): number => sum / sums.queries;
  return {
    meanAveragePrecision: mean(sums.average),
    precision: ks.map((k, i) => ({ k, value: mean(sums.precision[i]) })),
    recall: ks.map((k, i) => ({ k, value: mean(sums.recall[i]) })),
    queries: sums.queries,
    leftOut: rows - sums.queries,
  };
}

function checkedLabels(labels: ArrayLike<string | number> | undefined, rows: number): ArrayLike<string | number> {
  if (labels === undefined)
    throw new ArgumentError("labels", "are missing: give what each row shows, or a record that has labels");
  checkOnePerRow({ labels }, rows, "vectors");
  return labels;
}

/** Ranks for every row all others. Where none of some that are nearly equally near has its label, their order is free. */
async function eachRanking(
  held: HeldBase,
  vectors: Matrix,
  labels: ArrayLike<string | number>,
  { signal, onProgress }: Pick<EvaluateRetrievalOptions, "signal" | "onProgress">,
  visit: (query: number, ranking: Ranking) => void,
): Promise<void> {
  const { rows } = vectors;
  const prepared = await inTurns(held.space.prepare(vectors, "vectors"), signal);
  const { data, cols } = prepared.ready;
  const step = queriesAtOnce(rows);
  const rankBlock = function* (start: number, end: number, scores: Float32Array): Steps<void> {
    for (let query = start; query < end; query++) {
      const own = scores.subarray((query - start) * rows, (query - start + 1) * rows);
      const scored = { prepared, query, scores: own, self: query };
      visit(query, yield* rankAll(scored, (row) => labels[row] === labels[query]));
      yield;
    }
  };
  for (let start = 0; start < rows; start += step) {
    signal?.throwIfAborted();
    const end = Math.min(start + step, rows);
    const queries = { data: data.subarray(start * cols, end * cols), rows: end - start, cols };
    await inTurns(rankBlock(start, end, await held.all(queries, signal)), signal);
    onProgress?.(end, rows);
  }
}
