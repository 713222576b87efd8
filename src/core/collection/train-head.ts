/** From labelled vectors to a classifier, with how good it is and which labels look wrong. */
import { type ClassLabels, classCounts, labelsOf } from "../classify/class-labels.js";
import type { Head, TrainingNotes } from "../classify/head.js";
import { type HeadName, headNamed } from "../classify/heads.js";
import type { Predictions } from "../classify/predictions.js";
import type { HeadEvaluation, HeadTraining, SavedHead } from "../classify/saved-head.js";
import { ofCell } from "../display-hook.js";
import { type ClassificationReport, classificationReport } from "../evaluate/classification-report.js";
import { type CrossValidation, crossValidate } from "../evaluate/cross-validate.js";
import { findLabelMistakes, type LabelMistakes } from "../evaluate/label-mistakes.js";
import { type SimilarityGroups, similarityGroups } from "../evaluate/near-duplicates.js";
import { given } from "../given.js";
import type { VectorSpace } from "../model/vector-space.js";
import type { LabelledVectors } from "../numeric/labelled-vectors.js";
import { takeRows } from "../numeric/take-rows.js";
import type { Picture } from "../picture.js";
import { refitHead } from "./refit-head.js";
import { rememberingHead } from "./remembering-head.js";
import { testableFolds, type UntestedClass } from "./testable-folds.js";
import { type LeftOutRow, type UsableRows, usableRows } from "./usable-rows.js";

export interface TrainHeadOptions {
  /** what is trained on the vectors @default "logistic" */
  readonly head?: HeadName | Head;
  /** one a row, undefined where a row has none @default those of the embeddings */
  readonly labels?: readonly (string | undefined)[];
  /** parts that the pictures are cut into, each tested by what the others trained @default 5, fewer where there are too few pictures */
  readonly folds?: number;
  /** decides parts and starts: same seed, same bytes @default 0 */
  readonly seed?: number;
  /** cosine from which pictures count as near-duplicates, which are kept together @default as `similarityGroups` */
  readonly duplicateThreshold?: number;
  readonly signal?: AbortSignal;
  /** called as the work goes on; `step` says in words what is being done */
  readonly onProgress?: (step: string, done: number, total: number) => void;
}

/** What `trainHead` returns. Rows count the pictures that were used, unless it says otherwise. */
export interface HeadReport extends Omit<SavedHead, "space"> {
  /** of the vectors, where the embeddings say it */
  readonly space?: VectorSpace;
  /** places among the embeddings of the pictures that were used, rising */
  readonly rows: Int32Array;
  /** of those */
  readonly labels: ClassLabels;
  readonly pictures?: readonly Picture[];
  readonly leftOut: readonly LeftOutRow[];
  /** classes that train and could not be tested */
  readonly untested: readonly UntestedClass[];
  readonly nearDuplicates: SimilarityGroups;
  /** how pictures were judged by classifiers that had not seen them or their near-duplicates; absent where none could be */
  readonly test?: HeadTest;
  /** labels that the others contradict, by classifiers that had not seen the picture; rows count those of `test.tested` */
  readonly mistakes?: LabelMistakes;
  /** of the classifier's own training */
  readonly notes: TrainingNotes;
}

export interface HeadTest extends Pick<CrossValidation, "predictions" | "tested" | "splits"> {
  readonly report: ClassificationReport;
  readonly predictions: Predictions;
  /** one entry a part */
  readonly notes: readonly TrainingNotes[];
}

/**
 * Trains a classifier on all rows that have a label, and tells how good it is by cross-validation: the pictures are cut
 * into parts, and each part is judged by a classifier of the same kind that was trained without it. Near-duplicates are
 * never on both sides. The settings (C, k, how many epochs) are the median of those that the parts' validation chose.
 *
 * Rows without a label, with NaN or of zeros are left out and reported; classes with a single picture train and cannot
 * be tested.
 *
 * @param embeddings what `embedFolder` or a store's `embeddings` give
 * @throws DegenerateDataError when all rows have one label, or each a label of its own; ShapeError when there is not one
 *   label a row, or when there are more folds than pictures; ArgumentError for options that make no sense
 * @example const head = await trainHead(await store.embeddings()); await saveHead("clothes.json", head);
 */
export async function trainHead(
  embeddings: LabelledVectors & { readonly space?: VectorSpace },
  options: TrainHeadOptions = {},
): Promise<HeadReport> {
  const settings = ofCell(options);
  const { head: wanted = "logistic", seed = 0, onProgress } = settings;
  const head = rememberingHead(typeof wanted === "object" ? wanted : headNamed(wanted));
  const { space } = embeddings;
  const usable = usableRows(embeddings.vectors, settings.labels ?? embeddings.labels, embeddings.pictures);
  const nearDuplicates = await similarPictures(usable, settings);
  const { splits, untested } = testableFolds(usable.labels, {
    ...{ groups: nearDuplicates.groups, seed, ...given({ folds: settings.folds }) },
  });
  const validation = splits.length === 0 ? undefined : await validate(usable, head, splits, settings);
  onProgress?.("Training on all pictures", 0, 1);
  const { classifier, notes } = await refitHead(usable, wanted, {
    ...{ trained: validation?.trained ?? [], seed, ...given({ signal: settings.signal }) },
  });
  onProgress?.("Training on all pictures", 1, 1);
  const test = validation && testOf(validation, usable, nearDuplicates.groups, seed);
  const mistakes = test && (await mistakesOf(test, usable, nearDuplicates.groups, { ...settings, head }));
  const { labels, rows, leftOut, pictures } = usable;
  return {
    ...{ classifier, training: trainingOf(labels, head.name, notes, seed) },
    ...(test ? { evaluation: evaluationOf(test), test } : {}),
    ...given({ space, pictures, mistakes }),
    ...{ rows, labels, leftOut, untested, nearDuplicates, notes },
  };
}

function similarPictures(
  { vectors }: UsableRows,
  { duplicateThreshold: threshold, signal, onProgress }: TrainHeadOptions,
): Promise<SimilarityGroups> {
  return similarityGroups(vectors, {
    ...given({ threshold, signal }),
    onProgress: (done, total) => onProgress?.("Looking for near-duplicates", done, total),
  });
}

function validate(
  rows: UsableRows,
  head: Head,
  splits: CrossValidation["splits"],
  { seed = 0, signal, onProgress }: TrainHeadOptions,
): Promise<CrossValidation> {
  return crossValidate(rows, {
    ...{ head, splits, seed, ...given({ signal }) },
    onProgress: (done, total) => onProgress?.(`Testing the ${head.name}`, done, total),
  });
}

function testOf(
  { predictions, tested, splits, trained }: CrossValidation,
  { labels }: UsableRows,
  groups: Int32Array,
  seed: number,
): HeadTest {
  const own = Int32Array.from(tested, (row) => groups[row]);
  const report = classificationReport(predictions, labelsOf(labels, tested), { seed, groups: own });
  return { report, predictions, tested, splits, notes: trained.map(({ notes }) => notes) };
}

function mistakesOf(
  { tested, splits }: HeadTest,
  { vectors, labels, pictures }: UsableRows,
  groups: Int32Array,
  { head, seed = 0, signal, onProgress }: TrainHeadOptions & { head: Head },
): Promise<LabelMistakes> {
  const rows = {
    vectors: takeRows(vectors, tested),
    labels: labelsOf(labels, tested),
    ...(pictures ? { pictures: Array.from(tested, (row) => pictures[row]) } : {}),
  };
  return findLabelMistakes(rows, {
    ...{ head, folds: splits.length, seed, ...given({ signal }) },
    groups: Int32Array.from(tested, (row) => groups[row]),
    onProgress: (done, total) => onProgress?.("Looking for wrong labels", done, total),
  });
}

function trainingOf(labels: ClassLabels, head: string, { chosen }: TrainingNotes, seed: number): HeadTraining {
  return { head, rows: labels.indices.length, perClass: [...classCounts(labels)], seed, chosen };
}

function evaluationOf({ report, splits }: HeadTest): HeadEvaluation {
  const { rows, correct, accuracy, balancedAccuracy, majorityShare } = report;
  const { value, low, high, level } = accuracy;
  return {
    folds: splits.length,
    rows,
    correct,
    accuracy: { value, low, high, level },
    balancedAccuracy,
    majorityShare,
  };
}
