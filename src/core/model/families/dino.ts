/**
 * DINO's vision transformers (ViT-S and ViT-B at 16 and 8 pixels a patch), as `ViTModel` of transformers keeps them.
 * Any other checkpoint of `model_type` "vit" has the same form.
 *
 * @see Caron et al. 2021, arXiv:2104.14294
 */
import { z } from "zod";
import { type CommonConfig, commonKeys, learnedGrid, sizeKey, type VitFamily } from "./family.js";

interface Config extends CommonConfig {
  intermediate_size: number;
  qkv_bias: boolean;
}

const block = "encoder.layer.{i}";

export const dino: VitFamily<Config> = {
  modelType: "vit",
  schema: z.looseObject({
    ...commonKeys,
    model_type: z.literal("vit"),
    patch_size: commonKeys.patch_size.default(16),
    image_size: commonKeys.image_size.default(224),
    layer_norm_eps: commonKeys.layer_norm_eps.default(1e-12),
    intermediate_size: sizeKey,
    hidden_act: z.literal("gelu").default("gelu"),
    qkv_bias: z.boolean().default(true),
  }),
  config: (c) => ({
    registers: 0,
    positions: { kind: "learned", grid: learnedGrid(c), resize: "plain" },
    mlp: { hiddenSize: c.intermediate_size, activation: "gelu", gate: "none" },
    bias: { query: c.qkv_bias, key: c.qkv_bias, value: c.qkv_bias, projection: true, mlp: true },
  }),
  tensors: () => ({
    patchEmbedding: "embeddings.patch_embeddings.projection",
    classToken: "embeddings.cls_token",
    positions: "embeddings.position_embeddings",
    norm: "layernorm",
    norm1: `${block}.layernorm_before`,
    query: `${block}.attention.attention.query`,
    key: `${block}.attention.attention.key`,
    value: `${block}.attention.attention.value`,
    projection: `${block}.attention.output.dense`,
    norm2: `${block}.layernorm_after`,
    mlpIn: `${block}.intermediate.dense`,
    mlpOut: `${block}.output.dense`,
  }),
};
