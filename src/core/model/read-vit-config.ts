/** Reads the config.json of a vision transformer by its family's rules. */
import { join } from "node:path";
import { CheckpointError } from "../errors.js";
import { readModelJson } from "../model-json.js";
import type { VitFamily, VitTensors } from "./families/family.js";
import type { VitConfig } from "./vit-config.js";

/**
 * @returns sizes and kinds, and the names of the tensors that they call for
 * @throws FileError, CheckpointError naming the key at fault
 */
export async function readVitConfig(
  folder: string,
  family: VitFamily,
): Promise<{ config: VitConfig; tensors: VitTensors }> {
  const path = join(folder, "config.json");
  const c = await readModelJson(path, family.schema);
  const config: VitConfig = {
    hiddenSize: c.hidden_size,
    layers: c.num_hidden_layers,
    heads: c.num_attention_heads,
    patchSize: c.patch_size,
    layerNormEpsilon: c.layer_norm_eps,
    ...family.config(c),
  };
  checkSizes(path, config);
  return { config, tensors: family.tensors(c) };
}

function checkSizes(path: string, { hiddenSize, heads, patchSize, positions, mlp }: VitConfig): void {
  const refuse = (entry: string, problem: string) => {
    throw new CheckpointError(path, `${problem}: it is not the file of the weights beside it`, { entry });
  };
  if (hiddenSize % heads !== 0)
    refuse("num_attention_heads", `"hidden_size" is ${hiddenSize}, which ${heads} attention heads do not divide`);
  if (positions.kind === "rotary" && (hiddenSize / heads) % 4 !== 0)
    refuse(
      "num_attention_heads",
      `a head has ${hiddenSize / heads} numbers where rotary positions need a multiple of 4`,
    );
  if (positions.kind === "learned" && positions.grid < 1)
    refuse("image_size", `"image_size" is smaller than a patch of ${patchSize} pixels`);
  if (mlp.hiddenSize < 1) refuse("mlp_ratio", '"mlp_ratio" leaves the MLP no hidden units');
}
