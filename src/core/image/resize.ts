/** Resizes pictures as Pillow does, level for level, and only the part of the result that is wanted. */
import { setImmediate } from "node:timers/promises";
import { checkChoice } from "../check-choice.js";
import { ofCell } from "../display-hook.js";
import { ArgumentError } from "../errors.js";
import type { RawImage, Region } from "../picture.js";
import { checkRaw } from "./raw-image.js";
import { type Interpolation, resampleColumns, resampleRows, type Taps, type Tile, taps } from "./resample.js";

export interface Size {
  width: number;
  height: number;
}

export interface ResizeOptions {
  /** @default "bicubic" */
  readonly interpolation?: Interpolation;
  /** the part of the resized picture to compute, in whole pixels @default all of it */
  readonly window?: Region;
  /** stops between bands of rows */
  readonly signal?: AbortSignal;
}

/** Multiplications after which a long job lets the event loop turn: a few milliseconds' worth. */
const WORK_A_TURN = 6e6;

/**
 * The picture at another size, or a window of it, antialiased when it shrinks: the same bytes as
 * `Image.resize(size, BILINEAR or BICUBIC)` of Pillow 13, of which the window is then cut out.
 *
 * Beyond the input and the result it takes the memory of one pass between them: at most window width x picture
 * height x 3 bytes. It runs on the calling thread and lets the event loop turn every few milliseconds.
 *
 * @param image the picture
 * @param size width and height in pixels of the whole resized picture
 * @returns a picture of the window's size, with memory of its own
 * @throws ImageError when the picture's bytes do not fill its size
 * @throws ArgumentError when the interpolation is another, the window has more than 67 million pixels, a size is not a whole number above 0 or the window leaves the resized picture
 * @see https://github.com/python-pillow/Pillow/blob/main/src/libImaging/Resample.c
 */
export async function resize(image: RawImage, size: Size, options: ResizeOptions = {}): Promise<RawImage> {
  const { interpolation = "bicubic", signal } = ofCell(options);
  const window = options.window ?? { left: 0, top: 0, width: size.width, height: size.height };
  checkRaw(image, "image");
  checkWindow(size, window);
  checkChoice("interpolation", interpolation, ["bilinear", "bicubic"]);
  const across = taps(image.width, size.width, window.left, window.left + window.width, interpolation);
  const down = taps(image.height, size.height, window.top, window.top + window.height, interpolation);
  const whole: Tile = { left: 0, top: 0, ...image };
  // a pass that would not change the size is left out, as in Pillow
  const rows = image.width === size.width ? cut : resampleRows;
  const columns = image.height === size.height ? cut : resampleColumns;
  let result: Tile;
  if (columnsFirst(image, size)) {
    const needed = rows === cut ? window : { left: across.start, width: across.end - across.start };
    const middle = await pass(columns, whole, { ...window, ...pick(needed) }, down, signal);
    result = await pass(rows, middle, window, across, signal);
  } else {
    const needed = columns === cut ? window : { top: down.start, height: down.end - down.start };
    const middle = await pass(rows, whole, { ...window, top: needed.top, height: needed.height }, across, signal);
    result = await pass(columns, middle, window, down, signal);
  }
  return { data: result.data, width: window.width, height: window.height };
}

function pick({ left, width }: { left: number; width: number }): { left: number; width: number } {
  return { left, width };
}

/**
 * Pillow resamples rows first unless the height loses more than twice the pixels that the width does. As each pass
 * rounds to 8 bits, the order shows in the last level. New in Pillow 13: older versions always take rows first.
 */
function columnsFirst(from: Size, to: Size): boolean {
  const lost = from.height - to.height;
  return lost > 0 && lost > 2 * (from.width - to.width);
}

/** Pixels of the largest result, 200 MB. */
const maxWindow = 2 ** 26;

type Pass = (input: Tile, output: Tile, t: Taps, from: number, to: number) => void;

/** The part of `input` that `output` covers. */
function cut(input: Tile, output: Tile, _: Taps, from: number, to: number): void {
  const length = output.width * 3;
  for (let y = from; y < to; y++) {
    const start = ((y + output.top - input.top) * input.width + output.left - input.left) * 3;
    output.data.set(input.data.subarray(start, start + length), y * length);
  }
}

async function pass(run: Pass, input: Tile, region: Region, t: Taps, signal?: AbortSignal): Promise<Tile> {
  const { left, top, width, height } = region;
  const output: Tile = { data: new Uint8Array(width * height * 3), left, top, width, height };
  const band = Math.max(1, Math.floor(WORK_A_TURN / (width * 3 * (run === cut ? 1 : t.stride))));
  for (let y = 0; y < height; y += band) {
    if (y > 0) await setImmediate();
    signal?.throwIfAborted();
    run(input, output, t, y, Math.min(height, y + band));
  }
  return output;
}

function checkWindow(size: Size, window: Region): void {
  for (const [name, value] of Object.entries({ "size.width": size.width, "size.height": size.height }))
    if (!Number.isInteger(value) || value < 1)
      throw new ArgumentError(name, `is ${value}: give a whole number of pixels, 1 or more`);
  const { left, top, width, height } = window;
  const whole = [left, top, width, height].every(Number.isInteger);
  const inside = left >= 0 && top >= 0 && left + width <= size.width && top + height <= size.height;
  if (width * height > maxWindow)
    throw new ArgumentError("window", `has ${width} x ${height} pixels: at most ${maxWindow} are computed at once`);
  if (!whole || !inside || width < 1 || height < 1)
    throw new ArgumentError(
      "window",
      `covers ${width} x ${height} pixels from (${left}, ${top}): it must lie inside the resized picture of ${size.width} x ${size.height}`,
    );
}
