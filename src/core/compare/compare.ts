/** The fair comparison: several models on the same pictures, under the same splits, heads, seeds and budgets. */
import { type ClassLabels, classLabels, labelsOf } from "../classify/class-labels.js";
import type { Head } from "../classify/head.js";
import { type HeadName, headNamed } from "../classify/heads.js";
import { ofCell } from "../display-hook.js";
import { ArgumentError, BrokenComparisonError } from "../errors.js";
import { classificationReport } from "../evaluate/classification-report.js";
import { crossValidate } from "../evaluate/cross-validate.js";
import { type LabelEfficiencyOptions, labelEfficiency } from "../evaluate/label-efficiency.js";
import { leakReport } from "../evaluate/leak-report.js";
import { type SimilarityGroups, similarityGroups } from "../evaluate/near-duplicates.js";
import type { Split } from "../evaluate/split.js";
import { stratifiedFolds } from "../evaluate/stratified-folds.js";
import { given } from "../given.js";
import type { Model, NamedImage } from "../model/model.js";
import { spaceOf } from "../model/vector-space.js";
import type { Matrix } from "../numeric/matrix.js";
import { checkDisjoint, checkSplits } from "./check-disjoint.js";
import { checkParameters } from "./check-parameters.js";
import { checkPixels } from "./check-pixels.js";
import { comparedPairs } from "./compared-pairs.js";
import type { ComparedModel, Comparison, ComparisonCheck, ComparisonEntry } from "./comparison.js";
import { confidentMistakes } from "./confident-mistakes.js";
import { type Dataset, labelledImages } from "./dataset.js";
import { type NamedParticipant, type Participant, participantsOf, readingOf } from "./participant.js";
import { refereeVectors } from "./referee.js";
import { type SeenPictures, type SeeOptions, seePictures } from "./seen-pictures.js";
import { type SharedPictures, sharedPictures } from "./shared-pictures.js";

export interface CompareOptions {
  /** names of heads, or heads of one's own, which every model gets @default ["logistic", "knn"] */
  readonly heads?: readonly (HeadName | Head)[];
  /** parts of cross-validation: each picture is tested once, by heads that never saw it @default 5 */
  readonly folds?: number;
  /** splits of one's own in place of folds, by places in the dataset; they are checked for leaks */
  readonly splits?: readonly Split[];
  /** decides folds, draws and heads @default 0 */
  readonly seed?: number;
  /** the model that decides which pictures are near-duplicates, whoever takes part @default "efficientnet-lite0", as it ships with the project */
  readonly referee?: Model;
  /** the referee's cosine from which two pictures count as one and stay together @default as `similarityGroups` */
  readonly duplicateThreshold?: number;
  /** accuracy by labelled pictures a class, with a logistic regression; false leaves it out @default as `labelEfficiency` */
  readonly labelEfficiency?: false | Pick<LabelEfficiencyOptions, "perClass" | "draws">;
  /** "throw" when the comparison is broken, or "report" it in `checks` and go on, to see what it changes @default "throw" */
  readonly onBroken?: "throw" | "report";
  readonly signal?: AbortSignal;
  /** called as the work goes on; `step` says what is being done, in words */
  readonly onProgress?: (step: string, done: number, total: number) => void;
}

/**
 * Compares models as features: each turns the pictures into vectors in its own way, and everything after that is the
 * same for all of them: which pictures train, choose settings and are tested, the heads with their search and their
 * stopping, and the seeds. Near-duplicates stay on one side of a split, by a referee that is the same
 * whoever takes part.
 *
 * The comparison checks itself (`checks`): that every trained parameter moved, that each model was shown pictures as it
 * wants them, that train and test are disjoint, and that all saw the same pictures.
 *
 * @param models what `loadModel` returns, or records that say how a model is to be shown the pictures
 * @param dataset a folder with one folder of pictures a class, or pictures with labels
 * @returns predictions and scores of every model with every head, tests between them, and the checks
 * @throws BrokenComparisonError naming the check that fails; ArgumentError, ShapeError for settings that make no sense;
 *   DegenerateDataError when the pictures have fewer than two classes; what models throw when no picture can be read
 * @example
 * const result = await compare([await loadModel("dinov2-small"), await loadModel("resnet50.onnx")], "photos/by-class");
 * await show(result);
 */
export async function compare(
  models: readonly (Model | Participant)[],
  dataset: string | Dataset,
  options: CompareOptions = {},
): Promise<Comparison> {
  const settings = ofCell(options);
  const participants = participantsOf(models);
  const heads = headsOf(settings.heads);
  const asked = await labelledImages(dataset);
  if (settings.splits) checkSplits(settings.splits, asked.images.length);
  const { shared, seen, checks } = await seeAll(participants, asked.images, settings);
  const labels = classLabels(shared.rows.map((row) => asked.labels[row]));
  const similar = await refereeVectors(
    shared.rows.map((row) => asked.images[row]),
    ...([participants, shared.vectors] as const),
    seeing("Looking for near-duplicates", settings),
  );
  const field = await makeField(shared, labels, similar, settings);
  checks.push(settle(field.disjoint, settings));
  const entries: ComparisonEntry[] = [];
  for (const [i, { name: model }] of participants.entries())
    for (const head of heads) {
      const { entry, check } = await enter({ model, head, vectors: shared.vectors[i] }, field, settings);
      entries.push(entry);
      checks.push(check);
    }
  return {
    models: await describeAll(participants, seen, field, settings),
    heads: heads.map(({ name }) => name),
    pictures: shared.pictures,
    ...{ labels, splits: field.splits, tested: field.tested, entries },
    pairs: comparedPairs(entries, field.tested, labels),
    ...{ checks, nearDuplicates: field.near, leaks: field.leaks },
    failed: [...asked.failed, ...shared.failed],
    seed: settings.seed ?? 0,
  };
}

function headsOf(heads: CompareOptions["heads"] = ["logistic", "knn"]): Head[] {
  if (heads.length === 0) throw new ArgumentError("heads", "is empty: give at least one, such as logistic");
  const known = heads.map((head) => (typeof head === "string" ? headNamed(head) : head));
  const names = known.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new ArgumentError("heads", `has "${twice}" twice: give each a name of its own`);
  return known;
}

/** @throws BrokenComparisonError where the check fails and the caller wants no more */
function settle(check: ComparisonCheck, { onBroken = "throw" }: CompareOptions): ComparisonCheck {
  if (!check.passed && onBroken === "throw") throw new BrokenComparisonError(check.name, check.finding, check);
  return check;
}

function seeing(
  step: string,
  { signal, onProgress, referee }: CompareOptions,
): SeeOptions & { referee?: Model | undefined } {
  return { signal, referee, onProgress: (done, total) => onProgress?.(step, done, total) };
}

/** Every participant's vectors, and whether they are of the same pictures, prepared as each model wants them. */
async function seeAll(
  participants: readonly NamedParticipant[],
  images: readonly NamedImage[],
  settings: CompareOptions,
): Promise<{ shared: SharedPictures; seen: SeenPictures[]; checks: ComparisonCheck[] }> {
  const seen: SeenPictures[] = [];
  const checks: ComparisonCheck[] = [];
  for (const participant of participants) {
    const own = await seePictures(participant, images, seeing(`Embedding with ${participant.name}`, settings));
    seen.push(own);
    checks.push(settle(await checkPixels(participant, own, images, settings.signal), settings));
  }
  const names = participants.map(({ name }) => name);
  const shared = sharedPictures(images, seen, names);
  checks.push(...shared.checks.map((check) => settle(check, settings)));
  return { shared, seen, checks };
}

/** What all participants share. */
interface Field {
  labels: ClassLabels;
  splits: readonly Split[];
  tested: Int32Array;
  near: SimilarityGroups;
  leaks: Comparison["leaks"];
  disjoint: ComparisonCheck;
  vectors: readonly Matrix[];
}

/** @param similar the referee's vectors */
async function makeField(
  shared: SharedPictures,
  labels: ClassLabels,
  similar: Matrix,
  settings: CompareOptions,
): Promise<Field> {
  const { seed = 0, folds = 5, duplicateThreshold, signal } = settings;
  const similarity = given({ threshold: duplicateThreshold, signal });
  const near = await similarityGroups(similar, similarity);
  const splits = settings.splits
    ? sharedSplits(settings.splits, shared.rows)
    : stratifiedFolds(labels, { folds, seed, groups: near.groups });
  const leaks = await leakReport(splits, similar, similarity);
  return {
    ...{ labels, splits, near, leaks, vectors: shared.vectors },
    tested: Int32Array.from(new Set(splits.flatMap(({ test }) => [...test]))).sort(),
    disjoint: checkDisjoint(splits, leaks, shared.pictures),
  };
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

interface Entering {
  model: string;
  head: Head;
  vectors: Matrix;
}

async function enter(
  { model, head, vectors }: Entering,
  field: Field,
  { seed = 0, signal, onProgress, ...settings }: CompareOptions,
): Promise<{ entry: ComparisonEntry; check: ComparisonCheck }> {
  const { labels, splits, tested, near } = field;
  const step = `Training ${head.name} on ${model}`;
  const { predictions, trained } = await crossValidate(
    { vectors, labels },
    {
      ...{ head, splits, seed, overlap: settings.onBroken === "report" ? "allow" : "throw" },
      ...(signal ? { signal } : {}),
      onProgress: (done, total) => onProgress?.(step, done, total),
    },
  );
  const check = settle(checkParameters(trained, model, head.name), settings);
  const groups = Int32Array.from(tested, (row) => near.groups[row]);
  const report = classificationReport(predictions, labelsOf(labels, tested), { seed, groups });
  const mistakes = await confidentMistakes({ predictions, tested, labels, vectors, splits }, signal);
  const training = trained.map(({ notes }) => notes);
  return { entry: { ...{ model, predictions, report, training, mistakes }, head: head.name }, check };
}

async function describeAll(
  participants: readonly NamedParticipant[],
  seen: readonly SeenPictures[],
  field: Field,
  settings: CompareOptions,
): Promise<ComparedModel[]> {
  const described: ComparedModel[] = [];
  for (const [i, participant] of participants.entries()) {
    const { fingerprint } = await spaceOf(participant.model, readingOf(participant));
    const vectors = field.vectors[i];
    const curve = await curveOf(participant.name, vectors, field, settings);
    described.push({
      name: participant.name,
      family: participant.model.family,
      ...{ dim: vectors.cols, fingerprint, inputSize: seen[i].inputSize },
      ...(curve ? { labelEfficiency: curve } : {}),
    });
  }
  return described;
}

async function curveOf(
  model: string,
  vectors: Matrix,
  { labels, splits, near, disjoint }: Field,
  { labelEfficiency: wanted = {}, seed = 0, signal, onProgress }: CompareOptions,
): Promise<ComparedModel["labelEfficiency"]> {
  // drawn from what is tested, a curve would say nothing
  if (wanted === false || !disjoint.passed) return undefined;
  const step = `Label efficiency of ${model}`;
  return labelEfficiency(
    { vectors, labels },
    {
      ...{ ...wanted, head: headNamed("logistic"), splits, seed, groups: near.groups },
      ...(signal ? { signal } : {}),
      onProgress: (done, total) => onProgress?.(step, done, total),
    },
  );
}
