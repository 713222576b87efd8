/** What a saved head says of pictures: those of a folder, of a list, or of a store. */
import type { Classifier } from "../classify/classifier.js";
import { predict } from "../classify/predict.js";
import { confidences } from "../classify/predictions.js";
import { ofCell } from "../display-hook.js";
import { ArgumentError, ImageError } from "../errors.js";
import { given } from "../given.js";
import { listImages } from "../image/list.js";
import type { VectorSpace } from "../model/vector-space.js";
import { takeRows } from "../numeric/take-rows.js";
import type { FailedPicture, Picture } from "../picture.js";
import type { FeatureStore } from "../store/feature-store.js";
import type { Where } from "../store/where.js";
import { vectorProblem } from "./vector-problem.js";
import { type ReadOptions, type VectorBlock, vectorsOfPictures, vectorsOfStore } from "./vectors-for-head.js";

export interface ClassifyPicturesOptions extends ReadOptions {
  /** reads the pictures; must be the head's own @default loaded as the head says, and closed again */
  readonly model?: ReadOptions["model"];
  /** pictures with a lower confidence get no label @default 0: all get one */
  readonly unsureBelow?: number;
  /** which pictures of a store @default all */
  readonly where?: Where;
}

export interface ClassifiedPicture {
  readonly picture: Picture;
  /** undefined where the confidence is too low to say */
  readonly label: string | undefined;
  /** the most probable class */
  readonly best: string;
  /** its probability */
  readonly confidence: number;
  /** [classes], which add up to 1 */
  readonly probabilities: Float32Array;
}

export interface ClassifiedPictures {
  readonly classes: readonly string[];
  readonly rows: readonly ClassifiedPicture[];
  /** pictures that could not be read or have no vector that can be judged; folders that could not be listed, with the index -1 */
  readonly failed: readonly FailedPicture[];
  readonly unsureBelow: number;
  readonly modelName: string;
}

/**
 * Judges pictures by a head. Those of a store are judged by the vectors that it holds, without reading any; others are
 * read as those that the head was trained on. Bad ones are reported and the rest goes on.
 *
 * @param head what `loadHead` returns, or `trainHead` of vectors whose space is known
 * @param what a folder, with those below it; paths of pictures; or an open store
 * @throws ModelMismatchError naming both sides when the store has no vectors of the head's backbone, when the model is
 *   another one or is not there, or when the head's vectors were imported without theirs; FileError when the folder is
 *   missing or holds no picture; ArgumentError when the head does not say whose vectors it takes
 * @example const { rows } = await classifyPictures(await loadHead("clothes.json"), "new", { unsureBelow: 0.6 });
 */
export async function classifyPictures(
  head: { readonly classifier: Classifier; readonly space?: VectorSpace },
  what: string | readonly string[] | FeatureStore,
  options: ClassifyPicturesOptions = {},
): Promise<ClassifiedPictures> {
  const { unsureBelow = 0, where, ...settings } = ofCell(options);
  const { classifier, space } = head;
  if (!(unsureBelow >= 0 && unsureBelow <= 1))
    throw new ArgumentError("unsureBelow", `is ${unsureBelow}: give a probability from 0 to 1`);
  if (!space)
    throw new ArgumentError("head", "does not say whose vectors it takes: add space, what spaceOf(model) returns");
  const failed: FailedPicture[] = [];
  const rows: ClassifiedPicture[] = [];
  const { signal } = settings;
  const blocks = isStore(what)
    ? vectorsOfStore(space, what, given({ where, signal }))
    : vectorsOfPictures(space, await pathsOf(what, failed), settings);
  for await (const block of blocks) {
    failed.push(...block.failed);
    const judged = await judge(classifier, block, failed, signal);
    rows.push(...judged.map((one) => ({ ...one, label: one.confidence < unsureBelow ? undefined : one.best })));
  }
  return { classes: classifier.classes, rows, failed, unsureBelow, modelName: space.modelName };
}

function isStore(what: string | readonly string[] | FeatureStore): what is FeatureStore {
  return typeof (what as FeatureStore).embeddings === "function";
}

async function pathsOf(what: string | readonly string[], failed: FailedPicture[]): Promise<readonly string[]> {
  if (typeof what !== "string") {
    if (!Array.isArray(what) || what.length === 0)
      throw new ArgumentError("what", "holds no picture: give paths, a folder or an open store");
    return what;
  }
  return listImages(what, { onUnreadable: (error) => failed.push({ index: -1, name: error.path, error }) });
}

/** @param failed gets the pictures whose vectors say nothing */
async function judge(
  classifier: Classifier,
  { pictures, vectors, places }: VectorBlock,
  failed: FailedPicture[],
  signal?: AbortSignal,
): Promise<Omit<ClassifiedPicture, "label">[]> {
  const usable: number[] = [];
  for (const [row, { name }] of pictures.entries()) {
    const problem = vectorProblem(vectors.data.subarray(row * vectors.cols, (row + 1) * vectors.cols));
    if (problem === undefined) usable.push(row);
    else failed.push({ index: places[row], name, error: new ImageError(name, `has ${problem}: leave it out`) });
  }
  const predictions = await predict(classifier, takeRows(vectors, usable), given({ signal }));
  const sure = confidences(predictions);
  const { data, cols } = predictions.probabilities;
  return usable.map((row, i) => ({
    picture: pictures[row],
    best: classifier.classes[predictions.predicted[i]],
    confidence: sure[i],
    probabilities: data.slice(i * cols, (i + 1) * cols),
  }));
}
