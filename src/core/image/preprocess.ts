/** From picture files to the numbers that a network takes: decode, resize, cut and normalise. */
import { ofCell } from "../display-hook.js";
import { ArgumentError, ShapeError } from "../errors.js";
import type { ImageSource, Picture, RawImage } from "../picture.js";
import { type DecodeOptions, decodeImage } from "./decode.js";
import { resize } from "./resize.js";
import { planTransform, type Transform, type TransformPlan } from "./transform.js";

export interface PreprocessOptions extends Pick<DecodeOptions, "background" | "maxPixels"> {
  /** stops between and inside pictures */
  readonly signal?: AbortSignal;
}

/** One picture as a network takes it. */
export interface PreparedPicture {
  /** 3 x height x width numbers, channel by channel */
  data: Float32Array;
  height: number;
  width: number;
  picture: Picture;
}

/** Several of them, one after the other. */
export interface PreparedBatch {
  /** n x 3 x height x width numbers */
  data: Float32Array;
  dims: readonly [n: number, channels: 3, height: number, width: number];
  /** entry i belongs to the i-th picture of `data` */
  pictures: Picture[];
}

/** What a picture is called in results and errors: its path, or "picture 3" for the third of a list. */
export function pictureName(source: ImageSource, index: number): string {
  return typeof source === "string" ? source : `picture ${index + 1}`;
}

/**
 * Prepares one picture, so that a caller can go on after a bad one and work on while a network computes.
 *
 * @param source path, file bytes or pixels
 * @param name what errors and the record call it when it has no path
 * @returns the numbers that torchvision's Resize, CenterCrop, ToTensor and Normalize give, with the picture's record
 * @throws FileError or ImageError naming the picture when it cannot be decoded
 */
export async function preprocessOne(
  source: ImageSource,
  transform: Transform,
  name: string,
  options: PreprocessOptions = {},
): Promise<PreparedPicture> {
  const { signal, ...decoding } = options;
  signal?.throwIfAborted();
  const image = await decodeImage(source, { ...decoding, name });
  const plan = planTransform(image.width, image.height, transform);
  const canvas = await draw(image, plan, transform, signal);
  const { width, height } = canvas;
  const picture = { name, source, width: image.width, height: image.height, view: plan.view };
  return { data: normalise(canvas, transform), height, width, picture };
}

/**
 * Prepares a list of pictures as one batch.
 *
 * @param sources paths, file bytes or pixels
 * @throws FileError or ImageError naming the first picture that cannot be decoded
 * @throws ShapeError when the transform leaves pictures of different sizes, which cannot be one batch
 * @throws ArgumentError when there are no pictures
 */
export async function preprocess(
  sources: readonly ImageSource[],
  transform: Transform,
  options: PreprocessOptions = {},
): Promise<PreparedBatch> {
  if (sources.length === 0) throw new ArgumentError("sources", "is an empty list: give at least one picture");
  const settings = ofCell(options);
  let data: Float32Array | undefined;
  let first: PreparedPicture | undefined;
  const pictures: Picture[] = [];
  for (const [i, source] of sources.entries()) {
    const one = await preprocessOne(source, transform, pictureName(source, i), settings);
    first ??= one;
    data ??= new Float32Array(sources.length * one.data.length);
    if (one.width !== first.width || one.height !== first.height)
      throw new ShapeError(
        "sources",
        `become ${first.width} x ${first.height} (${first.picture.name}) and ${one.width} x ${one.height} pixels (${one.picture.name}): add a crop to the transform, or prepare them one by one`,
      );
    data.set(one.data, i * one.data.length);
    pictures.push(one.picture);
  }
  return { data: data!, dims: [sources.length, 3, first!.height, first!.width], pictures };
}

/** The window of the resized picture on its canvas, in 8-bit RGB: what the network is shown. */
async function draw(
  image: RawImage,
  plan: TransformPlan,
  { interpolation }: Transform,
  signal?: AbortSignal,
): Promise<RawImage> {
  const { canvas, window, resized, fill } = plan;
  const empty = window.width === 0 || window.height === 0;
  const part = empty ? undefined : await resize(image, resized, { window, interpolation, signal });
  if (part && window.width === canvas.width && window.height === canvas.height) return part;
  const data = new Uint8Array(canvas.width * canvas.height * 3);
  for (let i = 0; i < data.length; i++) data[i] = fill[i % 3];
  for (let y = 0; part && y < window.height; y++) {
    const row = part.data.subarray(y * window.width * 3, (y + 1) * window.width * 3);
    data.set(row, ((canvas.top + y) * canvas.width + canvas.left) * 3);
  }
  return { data, width: canvas.width, height: canvas.height };
}

/**
 * The 3 x height x width numbers of a picture. A level is looked up, so that each of the 256 is rounded to single
 * precision after every step just as torchvision's ToTensor and Normalize round it.
 */
export function normalise(image: RawImage, transform: Pick<Transform, "rescale" | "mean" | "std">): Float32Array {
  const area = image.width * image.height;
  const result = new Float32Array(3 * area);
  for (let channel = 0; channel < 3; channel++) {
    const values = levelTable(transform, channel);
    const start = channel * area;
    for (let i = 0, p = channel; i < area; i++, p += 3) result[start + i] = values[image.data[p]];
  }
  return result;
}

function levelTable(transform: Pick<Transform, "rescale" | "mean" | "std">, channel: number): Float32Array {
  const { rescale } = transform;
  const mean = Math.fround(transform.mean[channel]);
  const std = Math.fround(transform.std[channel]);
  return Float32Array.from({ length: 256 }, (_, level) => {
    // ToTensor divides by 255, which differs from multiplying by 1/255 in the last bit
    const value = Math.fround(rescale === 1 / 255 ? level / 255 : level * rescale);
    return Math.fround(value - mean) / std;
  });
}
