/** How pictures are prepared for an ONNX file: what it says itself, and what the file beside it says, must agree. */
import { CheckpointError } from "../../errors.js";
import { imagenetTransform, type Transform } from "../../image/transform.js";
import type { InputNormalisation, InputRange } from "./input-convention.js";

/** What an ONNX file says of its input. */
export interface InputConvention {
  path: string;
  /** height and width, where it fixes them */
  size?: readonly [height: number, width: number];
  /** what its first operators do; left out where they do nothing, "unknown" where it cannot be told */
  normalisation?: InputNormalisation | "unknown";
}

/** Crop to short edge. */
const cropRatio = 224 / 256;

type OwnRange = Exclude<InputRange, "normalised">;

/** How levels come to the range that a network's own normalisation expects. */
const numbers: Record<OwnRange, Pick<Transform, "rescale" | "mean" | "std">> = {
  "0 to 1": { rescale: 1 / 255, mean: [0, 0, 0], std: [1, 1, 1] },
  "0 to 255": { rescale: 1, mean: [0, 0, 0], std: [1, 1, 1] },
  "-1 to 1": { rescale: 1 / 255, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
};

/** The same in the words of preprocessor_config.json. */
const settings: Record<OwnRange, string> = {
  "0 to 1": '"do_normalize" to false',
  "0 to 255": '"do_normalize" and "do_rescale" to false',
  "-1 to 1": '"image_mean" and "image_std" to 0.5',
};

/**
 * The preprocessing that is assumed for a file without preprocessor_config.json: as torchvision evaluates its first
 * ResNets on ImageNet, at the file's size where it fixes one, and without normalisation where the file has its own.
 *
 * @throws CheckpointError when the file's first operators do not tell what they expect, or expect blue first
 * @see https://github.com/pytorch/vision/blob/main/references/classification/presets.py
 */
export function assumedTransform({ path, size, normalisation }: InputConvention): Transform {
  const bilinear: Transform = { ...imagenetTransform, interpolation: "bilinear" };
  const range = normalisation && checkedRange(path, normalisation);
  const ranged = range === undefined || range === "normalised" ? bilinear : { ...bilinear, ...numbers[range] };
  if (!size) return ranged;
  const [height, width] = size;
  const crop = { height, width };
  if (height !== width) return { ...ranged, resize: { rule: "cover", ...crop }, crop };
  return { ...ranged, resize: { rule: "short-edge", size: Math.floor(height / cropRatio) }, crop };
}

/**
 * Refuses a preprocessor_config.json that normalises what the file's own operators normalise again.
 *
 * @param declared what preprocessor_config.json says
 * @throws CheckpointError also when the file expects blue first
 */
export function checkNotTwice(declared: Transform, { path, normalisation }: InputConvention): void {
  if (normalisation === undefined || normalisation === "unknown") return;
  checkRedFirst(path, normalisation);
  const { range } = normalisation;
  if (range === undefined || range === "normalised") return;
  const wanted = endsOf(numbers[range], 0);
  const tolerance = (wanted[1] - wanted[0]) / 100;
  for (const channel of [0, 1, 2]) {
    const [low, high] = endsOf(declared, channel);
    if (Math.abs(low - wanted[0]) <= tolerance && Math.abs(high - wanted[1]) <= tolerance) continue;
    throw new CheckpointError(
      path,
      `normalises its input itself (${described(normalisation)}) and expects ${range}, but preprocessor_config.json makes numbers from ${short(low)} to ${short(high)} of the levels: set ${settings[range]} there, or pictures are normalised twice`,
    );
  }
}

/** Whether the file's first operators do what a preparation otherwise does; a batch norm that comes after does not. */
export function isOwn(normalisation: InputConvention["normalisation"]): normalisation is InputNormalisation {
  return typeof normalisation === "object" && normalisation.range !== undefined && normalisation.range !== "normalised";
}

function checkedRange(path: string, normalisation: InputNormalisation | "unknown"): InputRange {
  if (normalisation !== "unknown") {
    checkRedFirst(path, normalisation);
    if (normalisation.range !== undefined) return normalisation.range;
  }
  const what = normalisation === "unknown" ? "" : ` (${described(normalisation)})`;
  throw new CheckpointError(
    path,
    `changes its input before the first convolution${what} in a way that does not tell which numbers it expects: put a preprocessor_config.json beside it that does`,
  );
}

function checkRedFirst(path: string, normalisation: InputNormalisation): void {
  if (normalisation.blueFirst)
    throw new CheckpointError(
      path,
      `expects blue, green, red, as it subtracts their means (${described(normalisation)}), where pictures come as red, green, blue: export it for these`,
    );
}

/** What the lowest and the highest level become. */
function endsOf(
  { rescale, mean, std }: Pick<Transform, "rescale" | "mean" | "std">,
  channel: number,
): [number, number] {
  return [0 - mean[channel] / std[channel], (255 * rescale - mean[channel]) / std[channel]];
}

function described({ mean, std }: InputNormalisation): string {
  return `mean ${mean.map(short).join(", ")}, deviation ${std.map(short).join(", ")}`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
