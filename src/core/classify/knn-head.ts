import { ofCell } from "../display-hook.js";
import { classifierNames, type KnnClassifier } from "./classifier.js";
import type { Head, TrainedHead, TrainingSet } from "./head.js";
import { checkKs, defaultK, defaultKs, type KnnOptions, sweepRows, trainKnn } from "./knn-classifier.js";
import { checkTrainingSet } from "./training-rows.js";

export interface KnnHeadOptions extends Omit<KnnOptions, "k" | "signal"> {
  /** numbers of neighbours to choose from @default [10, 20, 100, 200], as DINO */
  readonly ks?: readonly number[];
}

/**
 * Weighted k-NN with the k that is right most often on the validation rows, the smaller of equally good ones; those that
 * are larger than the number of training rows count as that number. Without validation rows k is the one of `ks` that is
 * nearest to 20, the smaller of two, and the notes say so.
 *
 * @throws ArgumentError when `ks` is empty or holds anything but whole numbers of 1 or more; when it trains, as `trainKnn`
 */
export function knnHead(options: KnnHeadOptions = {}): Head {
  const { ks = defaultKs, ...others } = options;
  checkKs(ks);
  return {
    name: classifierNames.knn,
    train: (data, { signal }) => trainBest(data, ks, ofCell({ ...others, ...(signal ? { signal } : {}) })),
  };
}

async function trainBest(
  data: TrainingSet,
  ks: readonly number[],
  options: Omit<KnnOptions, "k">,
): Promise<TrainedHead<KnnClassifier>> {
  checkTrainingSet(data);
  const possible = [...new Set(ks.map((k) => Math.min(k, data.vectors.rows)))].sort((a, b) => a - b);
  if (data.validation) return trainKnn(data, { ...options, k: await bestK(data, data.validation, possible, options) });
  const distance = (k: number) => Math.abs(k - defaultK);
  const k = possible.reduce((nearest, other) => (distance(other) < distance(nearest) ? other : nearest));
  const trained = await trainKnn(data, { ...options, k });
  const remarks = [`no validation rows to choose the number of neighbours: it is ${k}`];
  return { ...trained, notes: { ...trained.notes, remarks } };
}

async function bestK(
  train: TrainingSet,
  { vectors, labels }: NonNullable<TrainingSet["validation"]>,
  ks: readonly number[],
  options: Omit<KnnOptions, "k">,
): Promise<number> {
  const sweep = await sweepRows(train, vectors, "validation", { ...options, ks });
  const right = sweep.map(({ predictions }) =>
    predictions.predicted.reduce((count, c, row) => count + (c === labels.indices[row] ? 1 : 0), 0),
  );
  return ks[right.indexOf(Math.max(...right))];
}
