/** What one participant makes of the pictures of a comparison. */
import { resolve } from "node:path";
import { ArgumentError, BrokenComparisonError } from "../errors.js";
import { type PreparedPicture, preprocessOne } from "../image/preprocess.js";
import { outputSize, type Transform, transformForSize } from "../image/transform.js";
import type { Features, NamedImage, PixelTensor } from "../model/model.js";
import { checkMatrix, checkOnePerRow, type Matrix } from "../numeric/matrix.js";
import { stackRows } from "../numeric/stack-rows.js";
import { takeRows } from "../numeric/take-rows.js";
import type { FailedPicture, Picture } from "../picture.js";
import { type NamedParticipant, readingOf } from "./participant.js";
import { type PixelFinding, pixelDifference, worse } from "./pixel-difference.js";

/** Row i of `vectors` is `pictures[i]`, which is image `rows[i]` of those that were asked for. */
export interface SeenPictures {
  readonly rows: number[];
  readonly vectors: Matrix;
  readonly pictures: Picture[];
  readonly failed: FailedPicture[];
  readonly inputSize: readonly [height: number, width: number];
  /** how far the pixels of a participant's own way are from those that its model wants */
  readonly pixels?: PixelFinding;
}

export interface SeeOptions {
  readonly signal?: AbortSignal | undefined;
  /** with pictures */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Turns the images into the participant's vectors. Those that cannot be read are reported and left out.
 *
 * @throws the first image's error when none can be read, and what the participant's own preprocessing throws
 */
export async function seePictures(
  participant: NamedParticipant,
  images: readonly NamedImage[],
  options: SeeOptions,
): Promise<SeenPictures> {
  if (participant.embeddings) return fromEmbeddings(participant, images);
  return participant.preprocess ? ownWay(participant, images, options) : modelsWay(participant, images, options);
}

async function modelsWay(
  participant: NamedParticipant,
  images: readonly NamedImage[],
  { signal, onProgress }: SeeOptions,
): Promise<SeenPictures> {
  const parts: Features[] = [];
  let done = 0;
  const settings = {
    ...readingOf(participant),
    clsOnly: true,
    onError: "skip" as const,
    ...(signal ? { signal } : {}),
  };
  for await (const part of participant.model.stream(images, settings)) {
    parts.push(part);
    done += part.pictures.length + part.failed.length;
    onProgress?.(done, images.length);
  }
  const places = placesOf(images);
  const pictures = parts.flatMap((part) => part.pictures);
  const failed = parts.flatMap((part) => part.failed).map((one) => ({ ...one, index: places.get(one.name)! }));
  if (pictures.length === 0) throw failed[0].error;
  return {
    rows: pictures.map(({ name }) => places.get(name)!),
    vectors: stackRows(parts.map((part) => part.pooled ?? part.cls)),
    ...{ pictures, failed },
    inputSize: parts.find((part) => part.pictures.length > 0)!.inputSize,
  };
}

function placesOf(images: readonly NamedImage[]): Map<string, number> {
  return new Map(images.map(({ name }, place) => [name, place]));
}

/** pictures that are prepared and run together */
const atOnce = 8;

/** Prepares every picture both ways, so that none goes unchecked. */
async function ownWay(
  { name, model, size, fit, preprocess }: NamedParticipant,
  images: readonly NamedImage[],
  { signal, onProgress }: SeeOptions,
): Promise<SeenPictures> {
  const transform = transformForSize(model.transform, { size, fit, patchSize: model.patchSize });
  const seen = { rows: [] as number[], pictures: [] as Picture[], failed: [] as FailedPicture[] };
  const vectors: Matrix[] = [];
  let pixels: PixelFinding | undefined;
  let inputSize: SeenPictures["inputSize"] = [0, 0];
  for (let start = 0; start < images.length; start += atOnce) {
    signal?.throwIfAborted();
    const batch = await readable(images.slice(start, start + atOnce), start, transform, seen.failed, signal);
    if (batch.length > 0) {
      const given = await preprocess!(batch.map(({ prepared }) => prepared.picture.source));
      checkPixelTensor(name, given);
      checkNumber(name, given, batch.length);
      pixels = worse(
        pixels,
        pixelDifference(
          batch.map(({ prepared }) => prepared),
          given,
          transform,
        ),
      );
      vectors.push((await model.forward(given, { clsOnly: true, ...(signal ? { signal } : {}) })).cls);
      inputSize = [given.dims[2], given.dims[3]];
      for (const { prepared, row } of batch) {
        seen.rows.push(row);
        seen.pictures.push(prepared.picture);
      }
    }
    onProgress?.(Math.min(images.length, start + atOnce), images.length);
  }
  if (seen.rows.length === 0) throw seen.failed[0].error;
  return { ...seen, vectors: stackRows(vectors), inputSize, ...(pixels ? { pixels } : {}) };
}

interface ReadPicture {
  row: number;
  prepared: PreparedPicture;
}

/** The pictures as the model wants them; those that cannot be read go to `failed`. */
async function readable(
  images: readonly NamedImage[],
  start: number,
  transform: Transform,
  failed: FailedPicture[],
  signal: AbortSignal | undefined,
): Promise<ReadPicture[]> {
  const read: ReadPicture[] = [];
  for (const [i, { source, name }] of images.entries()) {
    try {
      read.push({ row: start + i, prepared: await preprocessOne(source, transform, name, signal ? { signal } : {}) });
    } catch (error) {
      if (signal?.aborted) throw error;
      failed.push({ index: start + i, name, error: error as Error });
    }
  }
  return read;
}

/** @throws ArgumentError unless it looks like pixels; whether they fit is for the model to say */
function checkPixelTensor(model: string, given: PixelTensor | undefined): void {
  if (!(given?.data instanceof Float32Array) || !Array.isArray(given.dims) || given.dims.length !== 4)
    throw new ArgumentError(
      `models (${model})`,
      "has a preprocess that gives no pixels: return { data, dims }, a Float32Array of [pictures, 3, height, width]",
    );
}

function checkNumber(model: string, { dims }: PixelTensor, expected: number): void {
  if (dims[0] !== expected)
    throw new BrokenComparisonError(
      "the same pictures seen by all",
      `its preprocess was given ${expected} pictures and made ${dims[0]}: make one of each, in their order`,
      { model },
    );
}

/**
 * Pictures that the embeddings do not have are missing in `rows`, and no failures. Both may say where a picture lies
 * from different folders on.
 */
function fromEmbeddings({ name, embeddings, model }: NamedParticipant, images: readonly NamedImage[]): SeenPictures {
  const { vectors, pictures: known, size } = embeddings!;
  if (!known)
    throw new ArgumentError(
      `models (${name})`,
      "has embeddings without pictures: give what embedFolder or a store returns",
    );
  checkMatrix(vectors, `models (${name}).embeddings.vectors`);
  checkOnePerRow({ [`models (${name}).embeddings.pictures`]: known }, vectors.rows, "vectors");
  const places = new Map(known.map((picture, row) => [picture.name, row]));
  const twice = known.find((picture, row) => places.get(picture.name) !== row);
  if (twice)
    throw new ArgumentError(
      `models (${name})`,
      `has embeddings with "${twice.name}" twice, and which of both is meant is not known: leave one out`,
    );
  const located = new Map(known.map((picture, row) => [resolve(picture.name), row]));
  const placeOf = (image: string): number | undefined => places.get(image) ?? located.get(resolve(image));
  const rows = images.flatMap(({ name: image }, row) => (placeOf(image) === undefined ? [] : [row]));
  if (rows.length === 0)
    throw new BrokenComparisonError(
      "the same pictures seen by all",
      `its embeddings hold none of the pictures, such as ${images[0].name}: embed these pictures`,
      { model: name },
    );
  const own = rows.map((row) => placeOf(images[row].name)!);
  const input = size ?? outputSides(model.transform);
  return {
    rows,
    vectors: takeRows(vectors, own),
    pictures: own.map((row) => known[row]),
    failed: [],
    inputSize: input,
  };
}

function outputSides(transform: Transform): readonly [number, number] {
  const { height, width } = outputSize(transform) ?? { height: 0, width: 0 };
  return [height, width];
}
