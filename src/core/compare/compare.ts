/** The fair comparison: several models on the same pictures, under the same splits, heads, seeds and budgets. */
import { checkChoice } from "../check-choice.js";
import { classLabels, labelsOf } from "../classify/class-labels.js";
import type { Head } from "../classify/head.js";
import { type HeadName, headNamed } from "../classify/heads.js";
import { ofCell } from "../display-hook.js";
import { ArgumentError, BrokenComparisonError, DegenerateDataError } from "../errors.js";
import { checkSeveralClasses } from "../evaluate/check-labels.js";
import { classificationReport } from "../evaluate/classification-report.js";
import { crossValidate } from "../evaluate/cross-validate.js";
import { checkThreshold } from "../evaluate/near-duplicates.js";
import { stratifiedFolds } from "../evaluate/stratified-folds.js";
import { numbersPerClass } from "../evaluate/training-draws.js";
import { given } from "../given.js";
import type { Model, NamedImage } from "../model/model.js";
import type { Matrix } from "../numeric/matrix.js";
import { checkCount } from "../numeric/neighbours.js";
import { takeRows } from "../numeric/take-rows.js";
import { checkSplits } from "./check-disjoint.js";
import { checkParameters } from "./check-parameters.js";
import { checkPixels } from "./check-pixels.js";
import type { CompareOptions } from "./compare-options.js";
import { comparedModels } from "./compared-models.js";
import { comparedPairs } from "./compared-pairs.js";
import type { Comparison, ComparisonCheck, ComparisonEntry } from "./comparison.js";
import { confidentMistakes } from "./confident-mistakes.js";
import { type Dataset, type LabelledImages, labelledImages } from "./dataset.js";
import { type Field, makeField } from "./field.js";
import { type NamedParticipant, type Participant, participantsOf } from "./participant.js";
import { refereeVectors } from "./referee.js";
import { type SeenPictures, type SeeOptions, seePictures } from "./seen-pictures.js";
import { type SharedPictures, sharedPictures, useless } from "./shared-pictures.js";

export type { CompareOptions } from "./compare-options.js";

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
  checkPlan(asked, settings);
  const { seen, checks } = await seeAll(participants, asked.images, settings);
  const { shared, similar } = await shareAll(participants, asked.images, seen, settings);
  checks.push(...shared.checks);
  const labels = classLabels(shared.rows.map((row) => asked.labels[row]));
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
    models: await comparedModels(participants, seen, field, settings),
    heads: heads.map(({ name }) => name),
    pictures: shared.pictures,
    ...{ labels, splits: field.splits, tested: field.tested, entries },
    pairs: comparedPairs(entries, { tested: field.tested, labels, groups: field.near.groups }),
    ...{ checks, nearDuplicates: field.near, leaks: field.leaks },
    failed: [...asked.failed, ...shared.failed],
    seed: settings.seed ?? 0,
  };
}

/** What no picture need be read for, told before any is. */
function checkPlan({ images, labels }: LabelledImages, settings: CompareOptions): void {
  const { splits, folds = 5, seed = 0, duplicateThreshold, labelEfficiency: curve, onBroken = "throw" } = settings;
  const { referee } = settings;
  const classes = classLabels(labels);
  checkSeveralClasses(classes);
  if (splits) checkSplits(splits, images.length);
  else stratifiedFolds(classes, { folds, seed });
  checkThreshold(duplicateThreshold, "duplicateThreshold");
  checkChoice("onBroken", onBroken, ["throw", "report"]);
  if (curve) {
    if (curve.draws !== undefined) checkCount(curve.draws, "labelEfficiency.draws");
    if (curve.perClass !== undefined) numbersPerClass(curve.perClass, classes, []);
  }
  if (referee && typeof referee.stream !== "function")
    throw new ArgumentError("referee", "is no model: give what loadModel returns, or leave it out");
}

function headsOf(heads: CompareOptions["heads"] = ["logistic", "knn"]): Head[] {
  if (!Array.isArray(heads)) throw new ArgumentError("heads", 'is no list: give one such as ["logistic", "knn"]');
  if (heads.length === 0) throw new ArgumentError("heads", "is empty: give at least one, such as logistic");
  const known = heads.map((head: HeadName | Head) => (typeof head === "object" ? head : headNamed(head)));
  const bad = known.findIndex((head) => typeof head?.train !== "function" || typeof head.name !== "string");
  if (bad >= 0) throw new ArgumentError(`heads[${bad}]`, "is no head: give a name, or a record { name, train }");
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

/** Every participant's vectors, and whether the pictures were prepared as each model wants them. */
async function seeAll(
  participants: readonly NamedParticipant[],
  images: readonly NamedImage[],
  settings: CompareOptions,
): Promise<{ seen: SeenPictures[]; checks: ComparisonCheck[] }> {
  const seen: SeenPictures[] = [];
  const checks: ComparisonCheck[] = [];
  for (const participant of participants) {
    const own = await seePictures(participant, images, seeing(`Embedding with ${participant.name}`, settings));
    seen.push(own);
    checks.push(settle(await checkPixels(participant, own, images, settings.signal), settings));
  }
  return { seen, checks };
}

/** The pictures that all participants saw and the referee too, whose vectors of them come along. */
async function shareAll(
  participants: readonly NamedParticipant[],
  images: readonly NamedImage[],
  seen: readonly SeenPictures[],
  settings: CompareOptions,
): Promise<{ shared: SharedPictures; similar: Matrix }> {
  const names = participants.map(({ name }) => name);
  const first = sharedPictures(images, seen, names);
  for (const check of first.checks) settle(check, settings);
  const asked = first.rows.map((row) => images[row]);
  if (asked.length === 0)
    throw new DegenerateDataError("pictures", "are none that all models could read: look at those that each left out");
  const referee = await refereeVectors(asked, participants, first, seeing("Looking for near-duplicates", settings));
  const lost = [...referee.failed, ...useless(referee)].map((one) => ({ ...one, index: first.rows[one.index] }));
  if (lost.length === 0) return { shared: first, similar: referee.vectors };
  const shared = sharedPictures(images, seen, names, lost);
  const kept = new Set(shared.rows);
  const places = [...referee.rows.keys()].filter((place) => kept.has(first.rows[referee.rows[place]]));
  return { shared, similar: takeRows(referee.vectors, places) };
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
      ...given({ signal }),
      onProgress: (done, total) => onProgress?.(step, done, total),
    },
  );
  const rows = { vectors, labels };
  const check = settle(checkParameters({ model, head: head.name, trained, splits, rows }), settings);
  const groups = Int32Array.from(tested, (row) => near.groups[row]);
  const report = classificationReport(predictions, labelsOf(labels, tested), { seed, groups });
  const mistakes = await confidentMistakes({ predictions, tested, labels, vectors, splits }, signal);
  const training = trained.map(({ notes }) => notes);
  return { entry: { ...{ model, predictions, report, training, mistakes }, head: head.name }, check };
}
