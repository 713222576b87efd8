/** Opens the network of a model folder or an ONNX file, whatever its family. */
import { join } from "node:path";
import { z } from "zod";
import { ArgumentError, CheckpointError } from "../errors.js";
import { parseModelJson, readModelJson, readModelText } from "../model-json.js";
import { openConvolutional } from "./convolutional.js";
import { vitFamilies } from "./families/all.js";
import type { Network, NetworkOptions } from "./model.js";
import { openOnnxBackbone } from "./onnx/onnx-backbone.js";
import { openOnnxExport } from "./onnx-export.js";
import { findAnyOnnxFile, listOnnxFiles } from "./onnx-file.js";
import { openVit } from "./vit.js";
import { hasSafetensors } from "./weights.js";

const schema: z.ZodType<{ model_type: string }> = z.looseObject({ model_type: z.string() });
const anySchema: z.ZodType<{ model_type?: string }> = z.looseObject({ model_type: z.string().optional() });

/**
 * Opens the network by the `model_type` of the folder's config.json: from safetensors, or else from `onnx/*.onnx`. Of
 * families that are not known, and without config.json, an ONNX file is opened as `openOnnxFileNetwork` does.
 *
 * @throws FileError, CheckpointError naming the file and the tensor or key that is missing or wrong
 */
export async function openNetwork(folder: string, options: NetworkOptions = {}): Promise<Network> {
  const path = join(folder, "config.json");
  const text = await readModelText(path);
  const { model_type } = text === undefined ? {} : parseModelJson(text, path, anySchema);
  if (model_type === "convolutional_onnx") return openConvolutional(folder, options);
  const family = model_type === undefined ? undefined : vitFamilies.get(model_type);
  if (family) {
    const exported = !hasSafetensors(folder) && (await listOnnxFiles(folder)).length > 0;
    return exported ? openOnnxExport(folder, family, options) : openVit(folder, family, options);
  }
  const file = await findAnyOnnxFile(folder, options.precision);
  if (file !== undefined) return openOnnxBackbone(file, options, model_type);
  const known = await readModelJson(path, schema);
  throw new CheckpointError(
    path,
    `has model_type "${known.model_type}", which is not supported without an ONNX file: use one of ${[...vitFamilies.keys(), "convolutional_onnx"].join(", ")}, or put its ONNX file there`,
    { entry: "model_type" },
  );
}

/**
 * Opens one ONNX file of a network for pictures.
 *
 * @throws FileError, CheckpointError as `openOnnxBackbone`
 */
export async function openOnnxFileNetwork(path: string, options: NetworkOptions = {}): Promise<Network> {
  if (options.precision === "int8")
    throw new ArgumentError("precision", 'is "int8", but one ONNX file has one precision: leave it out');
  return openOnnxBackbone(path, options);
}
