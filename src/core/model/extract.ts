/** From pictures to features: the next batch is decoded and resized while the network runs on the one before. */
import pMap from "p-map";
import { checkChoice } from "../check-choice.js";
import { ArgumentError } from "../errors.js";
import { type PreparedPicture, pictureName, preprocessOne } from "../image/preprocess.js";
import { outputSize, type Transform, transformForSize } from "../image/transform.js";
import type { Matrix } from "../numeric/matrix.js";
import type { FailedPicture, ImageSource } from "../picture.js";
import { Gathered } from "./gathered.js";
import type {
  Attention,
  ExtractOptions,
  Features,
  ModelOutput,
  NamedImage,
  Network,
  PixelTensor,
  StreamedImage,
  StreamOptions,
} from "./model.js";
import { checkPooling, pooledForward } from "./pooled-forward.js";

/** A batch is kept to about this many pixels, so that activations stay small whatever the size. */
const pixelsABatch = 8 * 224 * 224;

/** Whole pictures in memory at a time, whatever the batch: of 100 megapixels each has 300 MB. */
const decodedAtOnce = 4;

/**
 * Decodes, resizes and normalises pictures and runs the network on them, in batches.
 *
 * @throws ArgumentError for options that make no sense
 * @throws ImageError, FileError at the first bad picture unless `onError` is "skip"; always when none is left
 */
export async function extract(
  model: Extractor,
  images: readonly ImageSource[],
  options: ExtractOptions = {},
): Promise<Features> {
  checkImages(images);
  const gathered = new Gathered(model.name, model.network.dim);
  for await (const batch of computedBatches(model, images, options)) {
    addTo(gathered, batch);
    options.onProgress?.(batch.end, images.length);
  }
  if (gathered.pictures.length === 0 && gathered.failed.length > 0) throw gathered.failed[0].error;
  return gathered.features();
}

/**
 * The same batch by batch, for more pictures than memory holds the features of. They are asked for as they are needed.
 *
 * @throws ArgumentError for options that make no sense; ImageError, FileError at the first bad picture unless
 *   `onError` is "skip"
 */
export async function* extractStream(
  model: Extractor,
  images: Iterable<StreamedImage> | AsyncIterable<StreamedImage>,
  options: StreamOptions = {},
): AsyncGenerator<Features, void, void> {
  for await (const batch of computedBatches(model, images, options)) {
    const gathered = new Gathered(model.name, model.network.dim);
    addTo(gathered, batch);
    yield gathered.features();
  }
}

/** What a model adds to its network to read pictures. */
export interface Extractor {
  network: Network;
  name: string;
  transform: Transform;
}

function addTo(gathered: Gathered, { failed, parts }: ComputedBatch): void {
  gathered.failed.push(...failed);
  for (const { pictures, output } of parts) gathered.add(pictures, output);
}

interface ComputedBatch {
  failed: FailedPicture[];
  parts: Computed[];
  /** pictures so far, this batch included */
  end: number;
}

/** In the pictures' order. */
async function* computedBatches(
  { network, transform: base }: Extractor,
  images: Iterable<StreamedImage> | AsyncIterable<StreamedImage>,
  options: ExtractOptions,
): AsyncGenerator<ComputedBatch, void, void> {
  checkChoice("onError", options.onError, ["throw", "skip"]);
  checkPooling(options);
  const transform = transformForSize(base, { size: options.size, fit: options.fit, patchSize: network.patchSize });
  // one batch computes and one waits at the network's door, so that it never stands idle, while the next is prepared
  const running: Promise<ComputedBatch>[] = [];
  try {
    for await (const batch of batchesOf(images, batchSizeOf(transform, options))) {
      const prepared = await prepare(batch, transform, options);
      if (running.length === 2) yield await running.shift()!;
      options.signal?.throwIfAborted();
      const { failed } = prepared;
      const computed = compute(network, prepared.images, options).then((parts) => ({ failed, parts, end: batch.end }));
      // a rejection is dealt with where the promise is awaited, later
      computed.catch(() => {});
      running.push(computed);
    }
    while (running.length > 0) yield await running.shift()!;
  } finally {
    await Promise.allSettled(running);
  }
}

interface Batch {
  images: NamedImage[];
  start: number;
  end: number;
}

interface Prepared {
  images: PreparedPicture[];
  failed: FailedPicture[];
}

function checkImages(images: readonly ImageSource[]): void {
  if (!Array.isArray(images)) throw new ArgumentError("images", "must be a list of paths, buffers or raw pixels");
  if (images.length === 0) throw new ArgumentError("images", "is empty: give at least one picture");
}

function batchSizeOf(transform: Transform, { batchSize }: ExtractOptions): number {
  if (batchSize !== undefined) {
    if (Number.isInteger(batchSize) && batchSize >= 1) return batchSize;
    throw new ArgumentError("batchSize", `is ${batchSize}: give a whole number, 1 or more`);
  }
  const { height, width } = outputSize(transform) ?? { height: 224, width: 224 };
  return Math.max(1, Math.floor(pixelsABatch / (height * width)));
}

async function* batchesOf(
  images: Iterable<StreamedImage> | AsyncIterable<StreamedImage>,
  size: number,
): AsyncGenerator<Batch, void, void> {
  let start = 0;
  let batch: NamedImage[] = [];
  for await (const image of images) {
    batch.push(named(image, start + batch.length));
    if (batch.length < size) continue;
    yield { images: batch, start, end: start + size };
    start += size;
    batch = [];
  }
  if (batch.length > 0) yield { images: batch, start, end: start + batch.length };
}

function named(image: StreamedImage, index: number): NamedImage {
  if (typeof image === "object" && image !== null && "source" in image) return image;
  return { name: pictureName(image, index), source: image };
}

async function prepare(
  { images, start }: Batch,
  transform: Transform,
  { onError = "throw", signal, maxPixels, background }: ExtractOptions,
): Promise<Prepared> {
  signal?.throwIfAborted();
  const decoding = { signal, ...(maxPixels === undefined ? {} : { maxPixels }), ...(background ? { background } : {}) };
  const failed: FailedPicture[] = [];
  const prepareOne = async ({ source, name }: NamedImage, i: number): Promise<PreparedPicture | undefined> => {
    const index = start + i;
    try {
      return await preprocessOne(source, transform, name, decoding);
    } catch (error) {
      if (onError === "throw" || signal?.aborted) throw error;
      failed.push({ index, name, error: error as Error });
      return undefined;
    }
  };
  const settled = await pMap(images, prepareOne, { concurrency: decodedAtOnce });
  failed.sort((a, b) => a.index - b.index);
  return { images: settled.filter((image) => image !== undefined), failed };
}

interface Computed {
  pictures: readonly PreparedPicture[];
  output: ModelOutput & { pooled?: Matrix };
}

async function compute(
  network: Network,
  images: readonly PreparedPicture[],
  options: ExtractOptions,
): Promise<Computed[]> {
  const together = network.singly && options.batchSize === undefined ? 1 : images.length;
  const computed: Computed[] = [];
  for (let start = 0; start < images.length; start += together) {
    const pictures = images.slice(start, start + together);
    const output = await pooledForward(network, stack(pictures), options);
    const attention = output.attention?.map((record): Attention => ({ ...record, whose: whoseOf(options.attention) }));
    computed.push({ pictures, output: { ...output, ...(attention ? { attention } : {}) } });
  }
  return computed;
}

/** `forward` gives numbers alone: whose attention they are is what was asked for. */
function whoseOf(request: ExtractOptions["attention"]): Attention["whose"] {
  return (typeof request === "object" ? request.from : undefined) ?? "cls";
}

function stack(images: readonly PreparedPicture[]): PixelTensor {
  const { height, width } = images[0];
  const data = new Float32Array(images.length * 3 * height * width);
  images.forEach((image, i) => {
    data.set(image.data, i * 3 * height * width);
  });
  return { data, dims: [images.length, 3, height, width] };
}
