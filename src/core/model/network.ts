/** Opens the network of a model folder, whatever its family. */
import { join } from "node:path";
import { z } from "zod";
import { CheckpointError } from "../errors.js";
import { readModelJson } from "../model-json.js";
import { openConvolutional } from "./convolutional.js";
import { vitFamilies } from "./families/all.js";
import type { Network, NetworkOptions } from "./model.js";
import { openOnnxExport } from "./onnx-export.js";
import { listOnnxFiles } from "./onnx-file.js";
import { openVit } from "./vit.js";
import { hasSafetensors } from "./weights.js";

const schema: z.ZodType<{ model_type: string }> = z.looseObject({ model_type: z.string() });

/**
 * Opens the network by the `model_type` of the folder's config.json: from safetensors, or else from `onnx/*.onnx`.
 *
 * @throws FileError, CheckpointError naming the file and the tensor or key that is missing or wrong
 */
export async function openNetwork(folder: string, options: NetworkOptions = {}): Promise<Network> {
  const path = join(folder, "config.json");
  const { model_type } = await readModelJson(path, schema);
  if (model_type === "convolutional_onnx") return openConvolutional(folder, options);
  const family = vitFamilies.get(model_type);
  if (family) {
    const exported = !hasSafetensors(folder) && (await listOnnxFiles(folder)).length > 0;
    return exported ? openOnnxExport(folder, family, options) : openVit(folder, family, options);
  }
  throw new CheckpointError(
    path,
    `has model_type "${model_type}", which is not supported: use one of ${[...vitFamilies.keys(), "convolutional_onnx"].join(", ")}`,
    { entry: "model_type" },
  );
}
