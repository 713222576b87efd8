/** Records that hold a picture's pixels, and how large ones are made smaller. */
import { types } from "node:util";
import type { Pixels } from "./png.js";

/** Pixels of the longer side that are shown; larger pictures are halved, thirded, … */
export const longestSide = 1600;

/** The pixels of a record { data, width, height, channels? }, or of sharp's { data, info }; undefined for all else. */
export function pixelsOf(value: object): Pixels | undefined {
  const { data, info } = value as Record<string, unknown>;
  if (!types.isUint8Array(data) && !types.isUint8ClampedArray(data)) return undefined;
  const sizes = (typeof info === "object" && info !== null ? info : value) as Record<string, unknown>;
  const { width, height } = sizes;
  if (!isLength(width) || !isLength(height)) return undefined;
  const channels = data.length / (width * height);
  if (channels !== 1 && channels !== 2 && channels !== 3 && channels !== 4) return undefined;
  return sizes.channels === undefined || sizes.channels === channels ? { data, width, height, channels } : undefined;
}

function isLength(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0;
}

/** The picture at a whole fraction of its size, each pixel the mean of those it stands for; itself where it fits. */
export function fitting(pixels: Pixels, longest: number = longestSide): Pixels {
  const factor = Math.ceil(Math.max(pixels.width, pixels.height) / longest);
  if (factor <= 1) return pixels;
  const { channels } = pixels;
  const width = Math.max(1, Math.floor(pixels.width / factor));
  const height = Math.max(1, Math.floor(pixels.height / factor));
  const data = new Uint8Array(width * height * channels);
  for (let i = 0; i < data.length; i++) {
    const x = Math.floor(i / channels) % width;
    const y = Math.floor(i / (channels * width));
    data[i] = blockMean(pixels, x * factor, y * factor, i % channels, factor);
  }
  return { data, width, height, channels };
}

function blockMean(
  { data, width, height, channels }: Pixels,
  left: number,
  top: number,
  channel: number,
  size: number,
): number {
  const right = Math.min(left + size, width);
  const bottom = Math.min(top + size, height);
  let sum = 0;
  for (let y = top; y < bottom; y++)
    for (let x = left; x < right; x++) sum += data[(y * width + x) * channels + channel]!;
  return Math.round(sum / ((right - left) * (bottom - top)));
}
