/**
 * How a picture of any size becomes the input of a network: which resizing, which crop, which numbers. Everything is
 * decided here from widths and heights alone; nothing is read or computed on pixels.
 */
import { ArgumentError } from "../errors.js";
import type { Region } from "../picture.js";
import type { Interpolation } from "./resample.js";

export type Triple = readonly [red: number, green: number, blue: number];

export type ResizeRule =
  /** the short edge gets `size` pixels, the long one follows */
  | { readonly rule: "short-edge"; readonly size: number }
  /** as large as needed to cover the rectangle in both directions, proportions kept */
  | { readonly rule: "cover"; readonly height: number; readonly width: number }
  /** stretched to the rectangle, proportions lost */
  | { readonly rule: "squash"; readonly height: number; readonly width: number }
  /**
   * as large as fits inside the rectangle, proportions kept, centred on `fill` (0 to 255, default the mean colour,
   * which normalises to about 0)
   */
  | { readonly rule: "letterbox"; readonly height: number; readonly width: number; readonly fill?: Triple };

/** A network's preprocessing, in the order in which the fields stand. */
export interface Transform {
  readonly resize: ResizeRule;
  /** cut from the centre; parts beyond a smaller picture are black @default no crop */
  readonly crop?: { readonly height: number; readonly width: number };
  readonly interpolation: Interpolation;
  /** levels are multiplied by this @example 1 / 255 */
  readonly rescale: number;
  /** subtracted from each channel after rescaling */
  readonly mean: Triple;
  /** each channel is divided by it */
  readonly std: Triple;
}

/** As DINOv2 and most others are evaluated on ImageNet. */
export const imagenetTransform: Transform = {
  resize: { rule: "short-edge", size: 256 },
  crop: { height: 224, width: 224 },
  interpolation: "bicubic",
  rescale: 1 / 255,
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};

/** What is to be done to one picture: resize, keep a window, put it onto a canvas. All in whole pixels except `view`. */
export interface TransformPlan {
  /** size of the whole picture after resizing */
  resized: { width: number; height: number };
  /** the part of the resized picture that is kept */
  window: Region;
  /** the network's input, and where on it the window's top left corner lies */
  canvas: { width: number; height: number; left: number; top: number };
  /** levels of the canvas where the window does not cover it */
  fill: Triple;
  /** the canvas in pixels of the original; reaches past its borders where the canvas is filled */
  view: Region;
}

/** More input pixels than any network takes; a strip resized by its short edge and not cropped would exceed it. */
const MAX_CANVAS = 2 ** 26;

/**
 * What `transform` does to a picture of the given size, with torchvision's rounding: the long edge of "short-edge" is
 * cut to whole pixels, and the crop's offset is half the difference rounded to the nearest, halves to the even.
 *
 * @throws ArgumentError when the network's input would have more than 2^26 pixels
 * @see https://github.com/pytorch/vision/blob/main/torchvision/transforms/functional.py resize, center_crop
 */
export function planTransform(width: number, height: number, transform: Transform): TransformPlan {
  const { resize, crop } = transform;
  const resized = resizedSize(width, height, resize);
  const board = resize.rule === "letterbox" ? resize : resized;
  const canvas = crop ?? board;
  if (canvas.width * canvas.height > MAX_CANVAS)
    throw new ArgumentError(
      "transform",
      `makes ${canvas.width} x ${canvas.height} pixels of a picture of ${width} x ${height}: add a crop, or use "squash" or "letterbox"`,
    );
  // where the canvas begins, in pixels of the resized picture: negative where it reaches past it
  const x = centreOffset(board.width, canvas.width) - Math.floor((board.width - resized.width) / 2);
  const y = centreOffset(board.height, canvas.height) - Math.floor((board.height - resized.height) / 2);
  const across = overlap(x, canvas.width, resized.width);
  const down = overlap(y, canvas.height, resized.height);
  const original = (pixels: number, from: number, to: number): number => (pixels * to) / from;
  return {
    resized,
    window: { left: across.from, top: down.from, width: across.length, height: down.length },
    canvas: { width: canvas.width, height: canvas.height, left: across.from - x, top: down.from - y },
    fill: resize.rule === "letterbox" ? (resize.fill ?? meanLevels(transform)) : [0, 0, 0],
    view: {
      left: original(x, resized.width, width),
      top: original(y, resized.height, height),
      width: original(canvas.width, resized.width, width),
      height: original(canvas.height, resized.height, height),
    },
  };
}

/** Width and height of the network's input where they do not depend on the picture; undefined where they do. */
export function outputSize(transform: Transform): { height: number; width: number } | undefined {
  const { crop, resize } = transform;
  if (crop) return { height: crop.height, width: crop.width };
  if (resize.rule === "squash" || resize.rule === "letterbox") return { height: resize.height, width: resize.width };
  return undefined;
}

/** The multiple of `step` that is nearest to `size`, halves up, and at least one step. */
export function multipleOf(size: number, step: number): number {
  return Math.max(1, Math.round(size / step)) * step;
}

/** How a picture is brought to a given size: cut at the centre, stretched, or fitted with a margin. */
export type Fit = "crop" | "squash" | "letterbox";

export interface SizeOptions {
  /** height and width of the network's input in pixels, or [height, width] @default the transform's own */
  readonly size?: number | readonly [height: number, width: number];
  /** @default the transform's own */
  readonly fit?: Fit;
  /** height and width become the nearest multiples of it @default 1 */
  readonly patchSize?: number;
}

/**
 * A transform for another input size or fit; interpolation, mean and std stay.
 *
 * When size and fit are the transform's own, it comes back unchanged, so that the usual 256-then-224 stays as it was
 * trained. At any other size "crop" resizes the picture just as far as it must to cover the input and cuts the rest
 * off: at larger sizes the picture itself matters, not the margin that the 256-then-224 rule throws away.
 *
 * @throws ArgumentError when the size is not of whole numbers above 0, or is left out and the transform has none
 */
export function transformForSize(base: Transform, options: SizeOptions = {}): Transform {
  const own = outputSize(base);
  const fit = options.fit ?? ownFit(base);
  const { height, width } = roundedSize(options.size, own, options.patchSize ?? 1);
  if (fit === ownFit(base) && own?.height === height && own.width === width) return base;
  const { crop: _, ...numbers } = base;
  switch (fit) {
    case "crop": {
      const resize: ResizeRule =
        height === width ? { rule: "short-edge", size: height } : { rule: "cover", height, width };
      return { ...numbers, resize, crop: { height, width } };
    }
    case "squash":
    case "letterbox":
      return { ...numbers, resize: { rule: fit, height, width } };
    default:
      throw new ArgumentError("fit", `is ${JSON.stringify(fit)}: use "crop", "squash" or "letterbox"`);
  }
}

function resizedSize(width: number, height: number, rule: ResizeRule): { width: number; height: number } {
  switch (rule.rule) {
    case "squash":
      return { width: rule.width, height: rule.height };
    case "short-edge": {
      const { size } = rule;
      if (width <= height) return { width: size, height: Math.trunc((size * height) / width) };
      return { width: Math.trunc((size * width) / height), height: size };
    }
    case "cover":
      return proportional(width, height, rule, Math.max(rule.width / width, rule.height / height));
    case "letterbox":
      return proportional(width, height, rule, Math.min(rule.width / width, rule.height / height));
  }
}

/** The edge that sets the scale gets its size exactly, whatever floating point makes of it. */
function proportional(
  width: number,
  height: number,
  box: { width: number; height: number },
  scale: number,
): { width: number; height: number } {
  if (scale === box.width / width) return { width: box.width, height: Math.max(1, Math.round(height * scale)) };
  return { width: Math.max(1, Math.round(width * scale)), height: box.height };
}

/** torchvision's CenterCrop: a smaller picture is padded first, less on the left and top when the margin is odd. */
function centreOffset(size: number, crop: number): number {
  return crop > size ? 0 - Math.floor((crop - size) / 2) : roundHalfEven((size - crop) / 2);
}

function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}

function overlap(start: number, length: number, size: number): { from: number; length: number } {
  const from = Math.min(Math.max(0, start), size);
  return { from, length: Math.max(0, Math.min(size, start + length) - from) };
}

function meanLevels({ mean, rescale }: Transform): Triple {
  const [r, g, b] = mean.map((m) => Math.min(255, Math.max(0, Math.round(m / rescale))));
  return [r, g, b];
}

function ownFit({ resize, crop }: Transform): Fit {
  if (crop || resize.rule === "short-edge" || resize.rule === "cover") return "crop";
  return resize.rule;
}

function roundedSize(
  size: SizeOptions["size"],
  own: { height: number; width: number } | undefined,
  patchSize: number,
): { height: number; width: number } {
  if (size === undefined && own === undefined)
    throw new ArgumentError(
      "size",
      "is needed, as the model's own preprocessing does not fix one: give a size in pixels",
    );
  const [height, width] =
    size === undefined ? [own!.height, own!.width] : typeof size === "number" ? [size, size] : size;
  for (const edge of [height, width])
    if (!Number.isInteger(edge) || edge < 1)
      throw new ArgumentError(
        "size",
        `is ${JSON.stringify(size)}: give whole pixels, 1 or more, as a number or [height, width]`,
      );
  if (height * width > MAX_CANVAS)
    throw new ArgumentError("size", `is ${height} x ${width}: give at most ${MAX_CANVAS} pixels, such as 8192 x 8192`);
  return { height: multipleOf(height, patchSize), width: multipleOf(width, patchSize) };
}
