/**
 * DINOv2 with and without registers, as `Dinov2Model` and `Dinov2WithRegistersModel` of transformers keep them.
 *
 * @see Oquab et al. 2023, arXiv:2304.07193; Darcet et al. 2023, arXiv:2309.16588
 */
import { z } from "zod";
import type { VitConfig } from "../vit-config.js";
import { type CommonConfig, commonKeys, learnedGrid, type VitFamily, type VitTensors } from "./family.js";

interface Config extends CommonConfig {
  mlp_ratio: number;
  use_swiglu_ffn: boolean;
  qkv_bias: boolean;
}

const keys = {
  ...commonKeys,
  patch_size: commonKeys.patch_size.default(14),
  image_size: commonKeys.image_size.default(224),
  layer_norm_eps: commonKeys.layer_norm_eps.default(1e-6),
  mlp_ratio: z.number().positive().max(64).default(4),
  hidden_act: z.literal("gelu").default("gelu"),
  use_swiglu_ffn: z.boolean().default(false),
  qkv_bias: z.boolean().default(true),
};

const block = "encoder.layer.{i}";

function tensors({ use_swiglu_ffn }: Config): VitTensors {
  return {
    patchEmbedding: "embeddings.patch_embeddings.projection",
    classToken: "embeddings.cls_token",
    positions: "embeddings.position_embeddings",
    norm: "layernorm",
    norm1: `${block}.norm1`,
    query: `${block}.attention.attention.query`,
    key: `${block}.attention.attention.key`,
    value: `${block}.attention.attention.value`,
    projection: `${block}.attention.output.dense`,
    scale1: `${block}.layer_scale1.lambda1`,
    norm2: `${block}.norm2`,
    mlpIn: use_swiglu_ffn ? `${block}.mlp.weights_in` : `${block}.mlp.fc1`,
    mlpOut: use_swiglu_ffn ? `${block}.mlp.weights_out` : `${block}.mlp.fc2`,
    scale2: `${block}.layer_scale2.lambda1`,
  };
}

function mlp({ hidden_size, mlp_ratio, use_swiglu_ffn }: Config): VitConfig["mlp"] {
  const wide = Math.trunc(hidden_size * mlp_ratio);
  if (!use_swiglu_ffn) return { hiddenSize: wide, activation: "gelu", gate: "none" };
  // two thirds of the plain width, rounded up to a multiple of 8
  const hiddenSize = Math.floor((Math.trunc((wide * 2) / 3) + 7) / 8) * 8;
  return { hiddenSize, activation: "silu", gate: "packed" };
}

function bias({ qkv_bias }: Config): VitConfig["bias"] {
  return { query: qkv_bias, key: qkv_bias, value: qkv_bias, projection: true, mlp: true };
}

export const dinov2: VitFamily<Config> = {
  modelType: "dinov2",
  schema: z.looseObject({ ...keys, model_type: z.literal("dinov2") }),
  config: (c) => ({
    registers: 0,
    positions: { kind: "learned", grid: learnedGrid(c), resize: "plain" },
    mlp: mlp(c),
    bias: bias(c),
  }),
  tensors,
};

interface RegistersConfig extends Config {
  num_register_tokens: number;
}

export const dinov2WithRegisters: VitFamily<RegistersConfig> = {
  modelType: "dinov2_with_registers",
  schema: z.looseObject({
    ...keys,
    model_type: z.literal("dinov2_with_registers"),
    num_register_tokens: z.number().int().positive().max(256).default(4),
  }),
  config: (c) => ({
    registers: c.num_register_tokens,
    positions: { kind: "learned", grid: learnedGrid(c), resize: "antialias" },
    mlp: mlp(c),
    bias: bias(c),
  }),
  tensors: (c) => ({ ...tensors(c), registers: "embeddings.register_tokens" }),
};
