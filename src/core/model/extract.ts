/** From pictures to features: the next batch is decoded and resized while the network runs on the one before. */
import pMap from "p-map";
import { checkChoice } from "../check-choice.js";
import { ArgumentError } from "../errors.js";
import { type PreparedPicture, pictureName, preprocessOne } from "../image/preprocess.js";
import { outputSize, type Transform, transformForSize } from "../image/transform.js";
import type { Matrix } from "../numeric/matrix.js";
import type { FailedPicture, ImageSource } from "../picture.js";
import { Gathered } from "./gathered.js";
import type { Attention, ExtractOptions, Features, ModelOutput, Network, PixelTensor } from "./model.js";
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
  model: { network: Network; name: string; transform: Transform },
  images: readonly ImageSource[],
  options: ExtractOptions = {},
): Promise<Features> {
  checkImages(images);
  checkChoice("onError", options.onError, ["throw", "skip"]);
  checkPooling(options);
  const { network } = model;
  const transform = transformForSize(model.transform, {
    size: options.size,
    fit: options.fit,
    patchSize: network.patchSize,
  });
  const gathered = new Gathered(model.name, network.dim);
  // one batch computes and one waits at the network's door, so that it never stands idle, while the next is prepared
  let [before, last]: Promise<void>[] = [Promise.resolve(), Promise.resolve()];
  for (const batch of batchesOf(images.length, batchSizeOf(transform, options))) {
    const prepared = await prepare(images, batch, transform, options).catch(async (error) => {
      await last.catch(() => {});
      throw error;
    });
    await before;
    options.signal?.throwIfAborted();
    const outputs = compute(network, prepared.images, options);
    before = last;
    last = inOrder(before, outputs, (parts) => {
      gathered.failed.push(...prepared.failed);
      for (const { pictures, output } of parts) gathered.add(pictures, output);
      options.onProgress?.(batch.end, images.length);
    });
  }
  await before;
  await last;
  if (gathered.pictures.length === 0 && gathered.failed.length > 0) throw gathered.failed[0].error;
  return gathered.features();
}

interface Batch {
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

function* batchesOf(total: number, size: number): Generator<Batch> {
  for (let start = 0; start < total; start += size) yield { start, end: Math.min(total, start + size) };
}

async function prepare(
  images: readonly ImageSource[],
  { start, end }: Batch,
  transform: Transform,
  { onError = "throw", signal, maxPixels, background }: ExtractOptions,
): Promise<Prepared> {
  signal?.throwIfAborted();
  const decoding = { signal, ...(maxPixels === undefined ? {} : { maxPixels }), ...(background ? { background } : {}) };
  const failed: FailedPicture[] = [];
  const prepareOne = async (source: ImageSource, i: number): Promise<PreparedPicture | undefined> => {
    const index = start + i;
    const name = pictureName(source, index);
    try {
      return await preprocessOne(source, transform, name, decoding);
    } catch (error) {
      if (onError === "throw" || signal?.aborted) throw error;
      failed.push({ index, name, error: error as Error });
      return undefined;
    }
  };
  const settled = await pMap(images.slice(start, end), prepareOne, { concurrency: decodedAtOnce });
  failed.sort((a, b) => a.index - b.index);
  return { images: settled.filter((image) => image !== undefined), failed };
}

interface Computed {
  pictures: readonly PreparedPicture[];
  output: ModelOutput & { pooled?: Matrix };
}

/** Results are gathered in the pictures' order. A rejection is dealt with where the promise is awaited, later. */
function inOrder<T>(before: Promise<void>, work: Promise<T>, then: (result: T) => void): Promise<void> {
  const done = (async () => {
    const settled = await Promise.allSettled([before, work]);
    for (const one of settled) if (one.status === "rejected") throw one.reason;
    then(await work);
  })();
  done.catch(() => {});
  return done;
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
