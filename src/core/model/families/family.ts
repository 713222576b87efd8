/** What tells one family of vision transformers from another: how its config.json reads and where its tensors are. */
import { z } from "zod";
import type { VitConfig } from "../vit-config.js";

/**
 * Names of a checkpoint's tensors, with `{i}` for the number of the block. The entries of layers (norms, products)
 * are completed by ".weight" and ".bias"; the others are whole names.
 */
export interface VitTensors {
  readonly patchEmbedding: string;
  /** whole name, [1, 1, hidden] */
  readonly classToken: string;
  /** whole name, [1, registers, hidden]; families with register tokens */
  readonly registers?: string;
  /** whole name, [1, 1 + grid x grid, hidden], the class token's first; families with learned positions */
  readonly positions?: string;
  readonly norm: string;
  readonly norm1: string;
  readonly query: string;
  readonly key: string;
  readonly value: string;
  readonly projection: string;
  /** whole name, [hidden]; families with LayerScale */
  readonly scale1?: string;
  readonly norm2: string;
  readonly mlpIn: string;
  /** families whose MLP keeps its gate apart from `mlpIn` */
  readonly mlpGate?: string;
  readonly mlpOut: string;
  /** whole name, [hidden]; families with LayerScale */
  readonly scale2?: string;
}

/** A family of checkpoints. Its schema checks what config.json says before anything is made of it. */
export interface VitFamily<Config extends CommonConfig = CommonConfig> {
  /** the `model_type` of its config.json */
  readonly modelType: string;
  readonly schema: z.ZodType<Config>;
  /** Sizes and kinds from the checked configuration; what is left out is derived from the common keys. */
  config(c: Config): Omit<VitConfig, "hiddenSize" | "layers" | "heads" | "patchSize" | "layerNormEpsilon">;
  tensors(c: Config): VitTensors;
}

const size = z.number().int().positive();

type CommonKey =
  | "hidden_size"
  | "num_hidden_layers"
  | "num_attention_heads"
  | "patch_size"
  | "image_size"
  | "layer_norm_eps";

/** Keys that the configurations of all families have, with limits far above any published model. */
export const commonKeys: Record<CommonKey, z.ZodNumber> & { num_channels: z.ZodType<3> } = {
  hidden_size: size.max(8192),
  num_hidden_layers: size.max(128),
  num_attention_heads: size.max(256),
  patch_size: size.max(256),
  image_size: size.max(16384),
  num_channels: z.literal(3).default(3),
  layer_norm_eps: z.number().positive().max(1),
};

/** A whole number of tokens or of hidden units. */
export const sizeKey: z.ZodNumber = size.max(65536);

export type CommonConfig = Record<CommonKey, number>;

/** The grid that learned position embeddings stand for. */
export function learnedGrid({ image_size, patch_size }: CommonConfig): number {
  return Math.floor(image_size / patch_size);
}
