/**
 * DINOv2 without registers, from folders as Hugging Face's transformers writes them.
 *
 * @see Oquab et al. 2023, arXiv:2304.07193; the tensor names of `Dinov2Model` in transformers
 */
import { join } from "node:path";
import { z } from "zod";
import { CheckpointError } from "../errors.js";
import { readModelJson } from "../model-json.js";
import type { VitConfig, VitTensorNames } from "./vit-graph.js";

const size = z.number().int().positive();

const configSchema = z.looseObject({
  model_type: z.literal("dinov2"),
  hidden_size: size.max(8192),
  num_hidden_layers: size.max(128),
  num_attention_heads: size,
  mlp_ratio: z.number().positive().max(64).default(4),
  patch_size: size.max(256).default(14),
  image_size: size.max(16384).default(224),
  num_channels: z.literal(3).default(3),
  hidden_act: z.literal("gelu").default("gelu"),
  use_swiglu_ffn: z.boolean().default(false),
  layer_norm_eps: z.number().positive().default(1e-6),
  qkv_bias: z.boolean().default(true),
});

/** Reads config.json. @throws FileError, CheckpointError naming the key at fault */
export async function readDinov2Config(folder: string): Promise<VitConfig> {
  const path = join(folder, "config.json");
  const c = await readModelJson(path, configSchema);
  if (c.hidden_size % c.num_attention_heads !== 0)
    throw new CheckpointError(
      path,
      `"hidden_size" is ${c.hidden_size}, which ${c.num_attention_heads} attention heads do not divide`,
      { entry: "num_attention_heads" },
    );
  const wide = Math.trunc(c.hidden_size * c.mlp_ratio);
  return {
    hiddenSize: c.hidden_size,
    layers: c.num_hidden_layers,
    heads: c.num_attention_heads,
    patchSize: c.patch_size,
    grid: Math.floor(c.image_size / c.patch_size),
    mlp: c.use_swiglu_ffn ? { kind: "swiglu", hiddenSize: swigluSize(wide) } : { kind: "gelu", hiddenSize: wide },
    layerNormEpsilon: c.layer_norm_eps,
    qkvBias: c.qkv_bias,
  };
}

/** Two thirds of the plain width, rounded up to a multiple of 8, as DINOv2's SwiGLU has it. */
function swigluSize(wide: number): number {
  return Math.floor((Math.trunc((wide * 2) / 3) + 7) / 8) * 8;
}

/** Where `Dinov2Model` keeps its tensors. */
export function dinov2Names(config: VitConfig): VitTensorNames {
  const swiglu = config.mlp.kind === "swiglu";
  return {
    patchWeight: "embeddings.patch_embeddings.projection.weight",
    patchBias: "embeddings.patch_embeddings.projection.bias",
    clsToken: "embeddings.cls_token",
    normWeight: "layernorm.weight",
    normBias: "layernorm.bias",
    block: (i) => {
      const p = `encoder.layer.${i}`;
      return {
        norm1: `${p}.norm1`,
        query: `${p}.attention.attention.query`,
        key: `${p}.attention.attention.key`,
        value: `${p}.attention.attention.value`,
        projection: `${p}.attention.output.dense`,
        scale1: `${p}.layer_scale1.lambda1`,
        norm2: `${p}.norm2`,
        mlpIn: swiglu ? `${p}.mlp.weights_in` : `${p}.mlp.fc1`,
        mlpOut: swiglu ? `${p}.mlp.weights_out` : `${p}.mlp.fc2`,
        scale2: `${p}.layer_scale2.lambda1`,
      };
    },
  };
}

/** The tensor of position embeddings: [1, 1 + grid x grid, hidden], the class token's first. */
export const dinov2Positions = "embeddings.position_embeddings";
