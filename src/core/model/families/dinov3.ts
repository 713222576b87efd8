/**
 * DINOv3's vision transformers, as `DINOv3ViTModel` of transformers keeps them: rotary positions, registers, a plain
 * or a gated MLP, no bias on the keys.
 *
 * @see Siméoni et al. 2025, arXiv:2508.10104
 */
import { z } from "zod";
import { type CommonConfig, commonKeys, sizeKey, type VitFamily } from "./family.js";

interface Config extends CommonConfig {
  intermediate_size: number;
  hidden_act: "gelu" | "silu";
  use_gated_mlp: boolean;
  num_register_tokens: number;
  rope_theta: number;
  query_bias: boolean;
  key_bias: boolean;
  value_bias: boolean;
  proj_bias: boolean;
  mlp_bias: boolean;
}

const block = "layer.{i}";

export const dinov3: VitFamily<Config> = {
  modelType: "dinov3_vit",
  schema: z.looseObject({
    ...commonKeys,
    model_type: z.literal("dinov3_vit"),
    patch_size: commonKeys.patch_size.default(16),
    image_size: commonKeys.image_size.default(224),
    layer_norm_eps: commonKeys.layer_norm_eps.default(1e-5),
    intermediate_size: sizeKey,
    hidden_act: z.enum(["gelu", "silu"]).default("gelu"),
    use_gated_mlp: z.boolean().default(false),
    num_register_tokens: z.number().int().nonnegative().max(256).default(0),
    rope_theta: z.number().positive().default(100),
    query_bias: z.boolean().default(true),
    key_bias: z.boolean().default(false),
    value_bias: z.boolean().default(true),
    proj_bias: z.boolean().default(true),
    mlp_bias: z.boolean().default(true),
  }),
  config: (c) => ({
    registers: c.num_register_tokens,
    positions: { kind: "rotary", theta: c.rope_theta },
    mlp: {
      hiddenSize: c.intermediate_size,
      activation: c.hidden_act,
      gate: c.use_gated_mlp ? "separate" : "none",
    },
    bias: { query: c.query_bias, key: c.key_bias, value: c.value_bias, projection: c.proj_bias, mlp: c.mlp_bias },
  }),
  tensors: (c) => ({
    patchEmbedding: "embeddings.patch_embeddings",
    classToken: "embeddings.cls_token",
    registers: "embeddings.register_tokens",
    norm: "norm",
    norm1: `${block}.norm1`,
    query: `${block}.attention.q_proj`,
    key: `${block}.attention.k_proj`,
    value: `${block}.attention.v_proj`,
    projection: `${block}.attention.o_proj`,
    scale1: `${block}.layer_scale1.lambda1`,
    norm2: `${block}.norm2`,
    mlpIn: `${block}.mlp.up_proj`,
    ...(c.use_gated_mlp ? { mlpGate: `${block}.mlp.gate_proj` } : {}),
    mlpOut: `${block}.mlp.down_proj`,
    scale2: `${block}.layer_scale2.lambda1`,
  }),
};
