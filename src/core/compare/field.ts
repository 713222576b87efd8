/** What all participants of a comparison share: the classes, the splits, and the near-duplicates that these keep together. */
import { type ClassLabels, labelsOf } from "../classify/class-labels.js";
import { DegenerateDataError } from "../errors.js";
import { leakReport } from "../evaluate/leak-report.js";
import { type SimilarityGroups, similarityGroups } from "../evaluate/near-duplicates.js";
import type { Split } from "../evaluate/split.js";
import { stratifiedFolds } from "../evaluate/stratified-folds.js";
import { given } from "../given.js";
import type { Matrix } from "../numeric/matrix.js";
import { checkDisjoint } from "./check-disjoint.js";
import type { CompareOptions } from "./compare-options.js";
import type { Comparison, ComparisonCheck } from "./comparison.js";
import type { SharedPictures } from "./shared-pictures.js";

export interface Field {
  labels: ClassLabels;
  splits: readonly Split[];
  tested: Int32Array;
  near: SimilarityGroups;
  leaks: Comparison["leaks"];
  disjoint: ComparisonCheck;
  vectors: readonly Matrix[];
}

/** @param similar the referee's vectors */
export async function makeField(
  shared: SharedPictures,
  labels: ClassLabels,
  similar: Matrix,
  settings: CompareOptions,
): Promise<Field> {
  const { seed = 0, folds = 5, duplicateThreshold, signal } = settings;
  const similarity = given({ threshold: duplicateThreshold, signal });
  const near = await similarityGroups(similar, similarity);
  const splits = settings.splits ? sharedSplits(settings.splits, shared.rows) : foldsOf(labels, near, { folds, seed });
  const leaks = await leakReport(splits, similar, similarity);
  return {
    ...{ labels, splits, near, leaks, vectors: shared.vectors },
    tested: Int32Array.from(new Set(splits.flatMap(({ test }) => [...test]))).sort(),
    disjoint: checkDisjoint(splits, leaks, shared.pictures),
  };
}

/** @throws DegenerateDataError where near-duplicates leave too little to train on and to test */
function foldsOf(labels: ClassLabels, near: SimilarityGroups, options: { folds: number; seed: number }): Split[] {
  const alike = `with near-duplicates (cosine ${near.threshold.toFixed(2)} or more) taken as one, are ${near.count}`;
  if (near.count < options.folds)
    throw new DegenerateDataError(
      "pictures",
      `${alike}, too few for ${options.folds} parts: give more pictures, or ask for fewer folds`,
    );
  const splits = stratifiedFolds(labels, { ...options, groups: near.groups });
  const classes = splits.map(({ train }) => new Set(labelsOf(labels, train).indices).size);
  if (Math.min(...classes) > 1) return splits;
  throw new DegenerateDataError(
    "pictures",
    `${alike}, so that a part leaves no two classes to train on: give more pictures of each class`,
  );
}

/** The splits by places among the shared pictures: the others fall out. */
function sharedSplits(splits: readonly Split[], rows: readonly number[]): Split[] {
  const places = new Map(rows.map((row, place) => [row, place]));
  const shared = (part: Int32Array): Int32Array =>
    Int32Array.from(Array.from(part).flatMap((row) => places.get(row) ?? [])).sort();
  return splits.map(({ train, validation, test, seed }) => ({
    ...{ train: shared(train), validation: shared(validation), test: shared(test), seed },
  }));
}
