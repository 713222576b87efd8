import { ofCell } from "../display-hook.js";
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

/** Means over some queries. */
export interface QueryScores {
  meanAveragePrecision: number;
  /** mean precision among the first k, one entry for each of `ks` */
  precision: { k: number; value: number }[];
  /** mean share of all relevant rows that are among the first k, one entry for each of `ks` */
  recall: { k: number; value: number }[];
  /** rows that were used as queries */
  queries: number;
}

/** The means over the queries of one label. */
export interface LabelScores extends QueryScores {
  label: string | number;
}

export interface RetrievalScores extends QueryScores {
  /** rows whose label no other row has, so that there is nothing to find */
  leftOut: number;
  /** one entry a label that was queried, in the order of the labels, numbers first; weighted by `queries`, they give the means over all */
  byLabel: LabelScores[];
}

/**
 * How well vectors find their like: every row is a query, all other rows are ranked, and those with its label are
 * relevant. Rows count as equally near where their 32-bit measures are equal, and average precision takes these as one
 * step, as scikit-learn does. Takes n² log n time.
 *
 * @param vectors n x d, or a record of them
 * @param labels what each row shows, n of them @default the record's own
 * @returns the means over the queries, of all and by label; NaN where no query is left
 * @throws ShapeError when there is not one label a row; ArgumentError when there are no labels; and what `neighbours` throws for vectors that cannot be compared
 */
export async function evaluateRetrieval(
  vectors: Matrix | LabelledVectors,
  labels?: ArrayLike<string | number>,
  options: EvaluateRetrievalOptions = {},
): Promise<RetrievalScores> {
  const { ks = [1, 5, 10], metric = "cosine", signal, onProgress } = ofCell(options);
  for (const k of ks) checkCount(k, "ks");
  const known = labelledVectors(vectors, "vectors");
  const { rows } = known.vectors;
  const shown = checkedLabels(labels ?? known.labels, rows);
  checkRankable(rows, "vectors");
  const space = await inTurns(metricSpace(known.vectors, metric, "vectors"), signal);
  const held = await holdBase(space);
  const all = noScores(ks);
  const byLabel = new Map<string | number, Sums>();
  try {
    await eachRanking(held, known.vectors, shown, { signal, onProgress }, (query, ranking) => {
      const relevant = ranking.rows.map((r) => (shown[r] === shown[query] ? 1 : 0));
      const average = averagePrecision(relevant, { scores: ranking.steps });
      if (Number.isNaN(average)) return;
      const own = byLabel.get(shown[query]) ?? noScores(ks);
      byLabel.set(shown[query], own);
      const scores = {
        average,
        precision: ks.map((k) => precisionAtK(relevant, k)),
        recall: ks.map((k) => recallAtK(relevant, k)),
      };
      for (const sums of [all, own]) addScores(sums, scores);
    });
  } finally {
    await held.release();
  }
  return {
    ...means(all, ks),
    leftOut: rows - all.queries,
    byLabel: [...byLabel]
      .sort(([a], [b]) => compareLabels(a, b))
      .map(([label, sums]) => ({ label, ...means(sums, ks) })),
  };
}

/** Sums over queries; the lists have one entry for each k. */
interface Sums {
  queries: number;
  average: number;
  precision: number[];
  recall: number[];
}

function noScores(ks: readonly number[]): Sums {
  return { queries: 0, average: 0, precision: ks.map(() => 0), recall: ks.map(() => 0) };
}

function addScores(sums: Sums, { average, precision, recall }: Omit<Sums, "queries">): void {
  sums.queries++;
  sums.average += average;
  precision.forEach((value, i) => {
    sums.precision[i] += value;
    sums.recall[i] += recall[i];
  });
}

function means({ queries, average, precision, recall }: Sums, ks: readonly number[]): QueryScores {
  return {
    meanAveragePrecision: average / queries,
    precision: ks.map((k, i) => ({ k, value: precision[i] / queries })),
    recall: ks.map((k, i) => ({ k, value: recall[i] / queries })),
    queries,
  };
}

/** Numbers by value before texts by their characters, on every machine alike. */
function compareLabels(a: string | number, b: string | number): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
  return a < b ? -1 : 1;
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
