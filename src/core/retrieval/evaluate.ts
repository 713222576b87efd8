import { setImmediate } from "node:timers/promises";
import { ShapeError } from "../errors.js";
import { type HeldBase, holdBase, queriesAtOnce } from "../numeric/held-base.js";
import type { Matrix } from "../numeric/matrix.js";
import { type Metric, metricSpace } from "../numeric/metric-space.js";
import { checkCount } from "../numeric/neighbours.js";
import { checkRankable, keyRow, keyValue, rankKey } from "../numeric/ranking.js";
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
 * relevant. Average precision treats equal scores as one step, as scikit-learn does. Takes n² log n time.
 *
 * @param vectors n x d
 * @param labels what each row shows, n of them
 * @returns the means over the queries; NaN where no query is left
 * @throws ShapeError when there is not one label a row; and what `neighbours` throws for vectors that cannot be compared
 */
export async function evaluateRetrieval(
  vectors: Matrix,
  labels: ArrayLike<string | number>,
  options: EvaluateRetrievalOptions = {},
): Promise<RetrievalScores> {
  const { ks = [1, 5, 10], metric = "cosine", signal, onProgress } = options;
  for (const k of ks) checkCount(k, "ks");
  const space = metricSpace(vectors, metric, "vectors");
  checkRankable(vectors.rows, "vectors");
  if (labels.length !== vectors.rows)
    throw new ShapeError("labels", `holds ${labels.length} entries where there are ${vectors.rows} vectors`);
  const held = await holdBase(space);
  const sums = { average: 0, precision: ks.map(() => 0), recall: ks.map(() => 0), queries: 0 };
  try {
    await eachRanking(held, vectors, { signal, onProgress }, (query, ranking) => {
      const relevant = ranking.rows.map((r) => (labels[r] === labels[query] ? 1 : 0));
      const average = averagePrecision(relevant, { scores: ranking.scores });
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
    leftOut: vectors.rows - sums.queries,
  };
}

interface Ranking {
  /** all rows but the query, nearest first */
  rows: Int32Array;
  scores: Float32Array;
}

/** scores sorted before the event loop gets a turn */
const scoresAtOnce = 5e5;

async function eachRanking(
  held: HeldBase,
  vectors: Matrix,
  { signal, onProgress }: Pick<EvaluateRetrievalOptions, "signal" | "onProgress">,
  visit: (query: number, ranking: Ranking) => void,
): Promise<void> {
  const { rows } = vectors;
  const { data, cols } = held.space.prepare(vectors, "vectors").ready;
  const step = queriesAtOnce(rows);
  for (let start = 0; start < rows; start += step) {
    signal?.throwIfAborted();
    const end = Math.min(start + step, rows);
    const queries = { data: data.subarray(start * cols, end * cols), rows: end - start, cols };
    const scores = await held.all(queries, signal);
    for (let q = start, sorted = 0; q < end; q++, sorted += rows) {
      visit(q, ranked(scores.subarray((q - start) * rows, (q - start + 1) * rows), q));
      if (sorted > scoresAtOnce) {
        sorted = 0;
        await setImmediate();
      }
    }
    onProgress?.(end, rows);
  }
}

function ranked(scores: Float32Array, query: number): Ranking {
  const keys = new Float64Array(scores.length - 1);
  for (let i = 0, at = 0; i < scores.length; i++) if (i !== query) keys[at++] = rankKey(-scores[i], i);
  keys.sort();
  return { rows: Int32Array.from(keys, keyRow), scores: Float32Array.from(keys, keyValue) };
}
