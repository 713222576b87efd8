/** Reads `preprocessor_config.json`, the file in which a model of the Hugging Face Hub says how pictures are prepared. */
import { join } from "node:path";
import { z } from "zod";
import { CheckpointError } from "../errors.js";
import { parseModelJson, readModelText } from "../model-json.js";
import type { Interpolation } from "./resample.js";
import type { ResizeRule, Transform, Triple } from "./transform.js";

const pixels = z.number().int().min(1).max(65536);
const rectangle = z.looseObject({ height: pixels, width: pixels });
const triple = z.tuple([z.number(), z.number(), z.number()]);

/** null stands for "not used" throughout, as newer processors write every key. */
const schema = z.looseObject({
  image_processor_type: z.string().nullish(),
  feature_extractor_type: z.string().nullish(),
  do_resize: z.boolean().nullish(),
  size: z.union([pixels, z.looseObject({ shortest_edge: pixels }), rectangle]),
  resample: z.number().int().nullish(),
  do_center_crop: z.boolean().nullish(),
  crop_size: z.union([pixels, rectangle]).nullish(),
  crop_pct: z.number().gt(0).max(1).nullish(),
  do_rescale: z.boolean().nullish(),
  rescale_factor: z.number().positive().nullish(),
  do_normalize: z.boolean().nullish(),
  image_mean: triple.nullish(),
  image_std: triple.refine((std) => std.every((s) => s > 0), "must be above 0").nullish(),
});

type Config = z.infer<typeof schema>;

/** Pillow's numbers for its filters, of which networks of this kind use two. */
const interpolations: Record<number, Interpolation> = { 2: "bilinear", 3: "bicubic" };

/**
 * The preprocessing of a model folder in Hub format, for BitImageProcessor, ViTImageProcessor, their DINOv3 kin and
 * the older feature extractors.
 *
 * The crop is torchvision's; transformers' own may lie one pixel beside it where the margin is odd. DINOv3's processor
 * resizes fractions rather than levels, a difference below one level.
 *
 * @param folder the model's folder
 * @returns undefined when the folder has no preprocessor_config.json
 * @throws CheckpointError naming the file, and in `entry` the key, that cannot be used
 */
export async function readPreprocessorConfig(folder: string): Promise<Transform | undefined> {
  const path = join(folder, "preprocessor_config.json");
  const text = await readModelText(path);
  return text === undefined ? undefined : parsePreprocessorConfig(text, path);
}

/** The same from the file's text; `path` is what errors call it. @throws CheckpointError */
export function parsePreprocessorConfig(text: string, path: string): Transform {
  return toTransform(parseModelJson(text, path, schema), path);
}

function refuse(path: string, entry: string, problem: string): CheckpointError {
  return new CheckpointError(path, `"${entry}" cannot be used: ${problem}`, { entry });
}

function toTransform(config: Config, path: string): Transform {
  if (typeof config.crop_pct === "number" && !isConvNext(config))
    throw refuse(path, "crop_pct", "it is known of ConvNextImageProcessor alone: give size and crop_size");
  if (config.do_resize === false)
    throw refuse(path, "do_resize", "it is false, but pictures must be brought to one size: set it to true");
  const normalised = config.do_normalize ?? true;
  if (normalised && !config.image_mean) throw refuse(path, "image_mean", "three numbers are expected, it is missing");
  if (normalised && !config.image_std) throw refuse(path, "image_std", "three numbers are expected, it is missing");
  return {
    ...(isConvNext(config) ? convNextSizes(config) : sizes(config, path)),
    interpolation: interpolation(config, path),
    rescale: config.do_rescale === false ? 1 : (config.rescale_factor ?? 1 / 255),
    mean: normalised ? (config.image_mean as Triple) : [0, 0, 0],
    std: normalised ? (config.image_std as Triple) : [1, 1, 1],
  };
}

type Sizes = Pick<Transform, "resize" | "crop">;

function sizes(config: Config, path: string): Sizes {
  const crop = cropSize(config, path);
  return { resize: resizeRule(config), ...(crop ? { crop } : {}) };
}

/** Of ConvNeXts and of the ResNets on the Hub. */
function isConvNext(config: Config): boolean {
  return /^ConvNext/.test(config.image_processor_type ?? config.feature_extractor_type ?? "");
}

/**
 * `size` is that of the crop, and the short edge is longer by `crop_pct`; from 384 pixels on pictures are stretched.
 *
 * @see https://github.com/huggingface/transformers/blob/main/src/transformers/models/convnext/image_processing_convnext.py
 */
function convNextSizes({ size, crop_pct }: Config): Sizes {
  const side = typeof size === "number" ? size : Number("shortest_edge" in size ? size.shortest_edge : size.height);
  const square = { height: side, width: side };
  if (side >= 384) return { resize: { rule: "squash", ...square } };
  return { resize: { rule: "short-edge", size: Math.floor(side / (crop_pct ?? 224 / 256)) }, crop: square };
}

/** Processors that resize by the short edge, crop and take bicubic weights when their keys do not say otherwise. */
function cropsByDefault(config: Config): boolean {
  return /^(Bit|CLIP)/.test(config.image_processor_type ?? config.feature_extractor_type ?? "");
}

function resizeRule(config: Config): ResizeRule {
  const { size } = config;
  if (typeof size === "number") {
    return cropsByDefault(config) ? { rule: "short-edge", size } : { rule: "squash", height: size, width: size };
  }
  if ("shortest_edge" in size) return { rule: "short-edge", size: size.shortest_edge as number };
  return { rule: "squash", height: size.height as number, width: size.width as number };
}

function cropSize(config: Config, path: string): { height: number; width: number } | undefined {
  if (!(config.do_center_crop ?? cropsByDefault(config))) return undefined;
  const { crop_size: size } = config;
  if (size === undefined || size === null)
    throw refuse(path, "crop_size", "a number or { height, width } is expected as do_center_crop is on, it is missing");
  return typeof size === "number" ? { height: size, width: size } : { height: size.height, width: size.width };
}

function interpolation(config: Config, path: string): Interpolation {
  const resample = config.resample ?? (cropsByDefault(config) ? 3 : 2);
  const known = interpolations[resample];
  if (known === undefined)
    throw refuse(path, "resample", `it is ${resample}, but only 2 (bilinear) and 3 (bicubic) are known`);
  return known;
}
