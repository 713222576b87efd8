/** Labels that are probably wrong, with the evidence. */
import { type ClassLabels, classCounts, labelsOf } from "../classify/class-labels.js";
import type { Head, LabelledRows } from "../classify/head.js";
import { ofCell } from "../display-hook.js";
import { checkOnePerRow, type Matrix } from "../numeric/matrix.js";
import { checkCount } from "../numeric/neighbours.js";
import type { Picture } from "../picture.js";
import { confidentDisagreements, type Disagreement } from "./confident-disagreements.js";
import { type CrossValidation, crossValidate } from "./cross-validate.js";
import { checkLabelledRows } from "./labelled-rows.js";
import { similarityGroups } from "./near-duplicates.js";
import { type LabelledNeighbour, type NearRow, nearestOthers } from "./nearest-others.js";

export interface LabelMistake {
  readonly row: number;
  /** the label that it has, and the one that it should probably have */
  readonly given: string;
  readonly suggested: string;
  /** cross-validated probabilities of both: of classifiers that never saw this row */
  readonly givenConfidence: number;
  readonly suggestedConfidence: number;
  /** its nearest other rows, nearest first; of its near-duplicates only those with another label */
  readonly neighbours: readonly LabelledNeighbour[];
  /** how many of them have the label that it has, and how many the suggested one */
  readonly neighboursGiven: number;
  readonly neighboursSuggested: number;
}

/** What `findLabelMistakes` returns. */
export interface LabelMistakes {
  /** the most probable first */
  readonly mistakes: readonly LabelMistake[];
  /** rows that were looked at: those of a class that had other rows to learn it from */
  readonly rows: number;
  /** one a row, where known */
  readonly pictures?: readonly Picture[];
  /** the head that judged, and into how many parts the rows were cut for it */
  readonly head: string;
  readonly folds: number;
  readonly modelName?: string;
}

export interface LabelledPictures extends LabelledRows {
  /** one a row */
  readonly pictures?: readonly Picture[];
  readonly modelName?: string;
}

export interface FindLabelMistakesOptions {
  /** trained once a fold, to judge the rows of that fold; its probabilities should mean something */
  readonly head: Head;
  /** @default 5 */
  readonly folds?: number;
  /** neighbours that are shown for each mistake @default 5 */
  readonly k?: number;
  /** how many mistakes to tell, the most probable ones @default 100 */
  readonly limit?: number;
  /** [rows], rows with the same number are near-duplicates @default those of `similarityGroups` */
  readonly groups?: ArrayLike<number>;
  /** cosine from which rows are near-duplicates, where no groups are given @default as `similarityGroups` */
  readonly threshold?: number;
  /** same seed, same bytes @default 0 */
  readonly seed?: number;
  readonly signal?: AbortSignal;
  /** called after each fold */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Finds labels that contradict the others: every row is judged by a head that was trained on other rows, and those
 * whose label it contradicts by confident learning's rule are told, by falling margin between the suggested label's
 * probability and the given one's. Near-duplicates stay in one fold and do not vouch for each other's label, so that a
 * copy with the same wrong label hides nothing; a copy with another label is shown. Rows of a class that had no row to
 * be learnt from are not judged.
 *
 * @param data vectors [rows, dim] with their labels, and what is known of the pictures
 * @throws ShapeError when there is not one label, picture or group a row, or there are fewer groups than folds;
 *   DegenerateDataError when fewer than two classes have rows, and for a row of zeros; NotFiniteError naming the first
 *   bad row; ArgumentError for a number that is none; what the head throws
 * @see Northcutt, Jiang & Chuang 2021, doi:10.1613/jair.1.12125
 */
export async function findLabelMistakes(
  data: LabelledPictures,
  options: FindLabelMistakesOptions,
): Promise<LabelMistakes> {
  const { head, folds = 5, k = 5, limit = 100, seed = 0, signal, onProgress } = ofCell(options);
  const { vectors, labels, pictures, modelName } = data;
  checkLabelledRows(data);
  checkOnePerRow({ pictures }, vectors.rows, "vectors");
  checkCount(k, "k");
  checkCount(limit, "limit");
  const stopping = signal ? { signal } : {};
  const groups = options.groups ?? (await ownGroups(vectors, options.threshold, stopping));
  const judgement = await crossValidate(data, {
    ...{ head, folds, seed, groups, ...stopping },
    ...(onProgress ? { onProgress } : {}),
  });
  const judged = learnable(labels, judgement);
  const found = confidentDisagreements(judgement.predictions, labels, judged).slice(0, limit);
  const same = (row: number, other: number): boolean =>
    row === other || (groups[row] === groups[other] && labels.indices[row] === labels.indices[other]);
  const rows = found.map(({ row }) => row);
  const near = await nearestOthers(vectors, rows, k, same, signal);
  return {
    mistakes: found.map((one, i) => describe(one, labels, judgement, near[i])),
    rows: judged.reduce((sum, may) => sum + may, 0),
    ...{ head: head.name, folds },
    ...(pictures ? { pictures } : {}),
    ...(modelName === undefined ? {} : { modelName }),
  };
}

async function ownGroups(
  vectors: Matrix,
  threshold: number | undefined,
  stopping: { signal?: AbortSignal },
): Promise<Int32Array> {
  return (await similarityGroups(vectors, { ...(threshold === undefined ? {} : { threshold }), ...stopping })).groups;
}

/** [rows], 1 for those whose class trained when they were tested. */
function learnable(labels: ClassLabels, { splits }: CrossValidation): Uint8Array {
  const judged = new Uint8Array(labels.indices.length);
  for (const { train, test } of splits) {
    const trained = classCounts(labelsOf(labels, train));
    for (const row of test) judged[row] = trained[labels.indices[row]] > 0 ? 1 : 0;
  }
  return judged;
}

function describe(
  { row, given, suggested }: Disagreement,
  { classes, indices }: ClassLabels,
  { predictions: { probabilities } }: CrossValidation,
  near: readonly NearRow[],
): LabelMistake {
  const confidence = (c: number): number => probabilities.data[row * probabilities.cols + c];
  const count = (c: number): number => near.filter((other) => indices[other.row] === c).length;
  return {
    ...{ row, given: classes[given], suggested: classes[suggested] },
    ...{ givenConfidence: confidence(given), suggestedConfidence: confidence(suggested) },
    neighbours: near.map((other) => ({ ...other, label: classes[indices[other.row]] })),
    ...{ neighboursGiven: count(given), neighboursSuggested: count(suggested) },
  };
}
