/** Vectors that a head can judge, block by block: those that a store has, or made of pictures by the head's own backbone. */
import { FileError, ModelMismatchError, PatchlabError } from "../errors.js";
import { given } from "../given.js";
import { loadModel } from "../model/load.js";
import type { Features, Model } from "../model/model.js";
import { short, spaceOf, type VectorSpace } from "../model/vector-space.js";
import type { Matrix } from "../numeric/matrix.js";
import { stackRows } from "../numeric/stack-rows.js";
import type { FailedPicture, Picture } from "../picture.js";
import type { FeatureStore } from "../store/feature-store.js";
import type { Where } from "../store/where.js";

export interface VectorBlock {
  readonly pictures: readonly Picture[];
  /** [pictures, dim] */
  readonly vectors: Matrix;
  /** the pictures' places in what was given */
  readonly places: readonly number[];
  readonly failed: readonly FailedPicture[];
}

/**
 * All of a store's, at once.
 *
 * @throws ModelMismatchError when it has none of this space
 */
export async function* vectorsOfStore(
  space: VectorSpace,
  store: FeatureStore,
  options: { readonly where?: Where; readonly signal?: AbortSignal },
): AsyncGenerator<VectorBlock, void, void> {
  const { spaces, failed } = store.info();
  if (!spaces.some(({ fingerprint }) => fingerprint === space.fingerprint)) {
    const there = spaces.map(({ modelName, fingerprint }) => `${modelName} (${short(fingerprint)})`).join(", ");
    throw new ModelMismatchError(
      "head",
      `was trained on vectors of ${named(space)}, and ${store.path} has those of ${there || "no model"}: embed its pictures with that model too, or train a head on these`,
    );
  }
  const { vectors, pictures } = await store.embeddings({ space: space.fingerprint, ...options });
  yield {
    ...{ vectors, pictures, places: pictures.map((_, place) => place) },
    // which of them the conditions would mean is not known
    failed: options.where ? [] : failed.map(({ path, problem }) => failure(path, problem)),
  };
}

function failure(path: string, problem: string): FailedPicture {
  const prefix = `${path}: `;
  const text = problem.startsWith(prefix) ? problem.slice(prefix.length) : problem;
  return { index: -1, name: path, error: new FileError(path, text) };
}

export interface ReadOptions {
  readonly model?: Model;
  readonly threads?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** pictures whose vectors are judged together */
const picturesAtOnce = 256;

/**
 * Those of pictures, read as this space was made.
 *
 * @throws ModelMismatchError when the model is another than the space's, or the space has none; what `loadModel` throws
 */
export async function* vectorsOfPictures(
  space: VectorSpace,
  paths: readonly string[],
  { onProgress, signal, ...options }: ReadOptions,
): AsyncGenerator<VectorBlock, void, void> {
  const { size, fit, pooling, background } = readingOf(space);
  const model = options.model ?? (await loadModelOf(space, options));
  try {
    await checkOwn(space, model);
    let batches: Features[] = [];
    let [start, end] = [0, 0];
    const reading = given({ size, fit, pooling, background, signal });
    const images = paths.map((path) => ({ name: path, source: path }));
    for await (const batch of model.stream(images, { ...reading, clsOnly: true, onError: "skip" })) {
      batches.push(batch);
      end += batch.pictures.length + batch.failed.length;
      onProgress?.(end, paths.length);
      if (end - start < picturesAtOnce) continue;
      yield blockOf(batches, start, end);
      [batches, start] = [[], end];
    }
    if (batches.length > 0) yield blockOf(batches, start, end);
  } finally {
    if (!options.model) await model.close();
  }
}

function readingOf(space: VectorSpace): NonNullable<VectorSpace["reading"]> {
  if (space.reading) return space.reading;
  throw new ModelMismatchError(
    "head",
    `was trained on vectors of ${named(space)} that were imported without their model, so it cannot read pictures: give it a store with such vectors`,
  );
}

/**
 * The model that made the vectors of a space, as its record says. Whether it is the very one is checked when it reads.
 *
 * @throws ModelMismatchError when it is not on this disk
 */
export async function loadModelOf(space: VectorSpace, options: Pick<ReadOptions, "threads"> = {}): Promise<Model> {
  const { modelName, modelSource = modelName } = space;
  try {
    return await loadModel(modelSource, given({ threads: options.threads }));
  } catch (cause) {
    if (!(cause instanceof PatchlabError)) throw cause;
    throw new ModelMismatchError(
      "model",
      `of the head, ${named(space)}, cannot be loaded (${cause.message}); give it by its name or folder`,
      { cause },
    );
  }
}

async function checkOwn(space: VectorSpace, model: Model): Promise<void> {
  const found = await spaceOf(model, space.reading);
  if (found.fingerprint === space.fingerprint) return;
  throw new ModelMismatchError(
    "model",
    `${model.name} (${short(found.fingerprint)}) is another than ${named(space)}, whose vectors the head was trained on: give that one, or train a head on vectors of this one`,
  );
}

function named({ modelName, fingerprint }: VectorSpace): string {
  return `${modelName} (${short(fingerprint)})`;
}

/** @param start and end: places of the batches' first picture and of the one after the last */
function blockOf(batches: readonly Features[], start: number, end: number): VectorBlock {
  const failed = batches.flatMap((batch) => batch.failed);
  const bad = new Set(failed.map(({ index }) => index));
  const matrices = batches.map(({ pooled, cls }) => pooled ?? cls);
  return {
    pictures: batches.flatMap(({ pictures }) => pictures),
    vectors: stackRows(matrices, matrices[0].cols),
    places: Array.from({ length: end - start }, (_, i) => start + i).filter((place) => !bad.has(place)),
    failed,
  };
}
