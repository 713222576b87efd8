/** Writes DINOv2 checkpoints of any shape with random weights: for timings and comparisons without a download. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeSafetensors } from "#dist/core/model/safetensors-write.js";
import { normal, seededRandom } from "#dist/core/numeric/random.js";

export interface CheckpointShape {
  hiddenSize: number;
  layers: number;
  heads: number;
  patchSize: number;
  imageSize: number;
  swiglu?: boolean;
}

/** The published ViT-S/14: 21 million parameters, position embeddings at 518 pixels. */
export const vitSmall: CheckpointShape = { hiddenSize: 384, layers: 12, heads: 6, patchSize: 14, imageSize: 518 };

/** The other published sizes of DINOv2: 86, 300 and 1,100 million parameters. */
export const vitBase: CheckpointShape = { ...vitSmall, hiddenSize: 768, heads: 12 };
export const vitLarge: CheckpointShape = { ...vitSmall, hiddenSize: 1024, layers: 24, heads: 16 };
export const vitGiant: CheckpointShape = { ...vitSmall, hiddenSize: 1536, layers: 40, heads: 24, swiglu: true };

/** Writes config.json, preprocessor_config.json and model.safetensors (float32) into a folder that exists. */
export async function writeCheckpoint(folder: string, shape: CheckpointShape, seed = 0): Promise<void> {
  await writeFile(join(folder, "config.json"), JSON.stringify(configOf(shape), null, 1));
  await writeFile(join(folder, "preprocessor_config.json"), JSON.stringify(preprocessor, null, 1));
  const random = seededRandom(seed);
  const tensors = tensorsOf(shape).map(([name, shape]) => ({
    ...{ name, shape, type: "F32" as const },
    bytes: () => new Uint8Array(values(name, shape, random).buffer),
  }));
  await writeSafetensors(join(folder, "model.safetensors"), tensors);
}

const preprocessor = {
  do_resize: true,
  size: { shortest_edge: 256 },
  resample: 3,
  do_center_crop: true,
  crop_size: { height: 224, width: 224 },
  do_rescale: true,
  rescale_factor: 1 / 255,
  do_normalize: true,
  image_mean: [0.485, 0.456, 0.406],
  image_std: [0.229, 0.224, 0.225],
};

function configOf(shape: CheckpointShape): Record<string, unknown> {
  return {
    model_type: "dinov2",
    hidden_size: shape.hiddenSize,
    num_hidden_layers: shape.layers,
    num_attention_heads: shape.heads,
    patch_size: shape.patchSize,
    image_size: shape.imageSize,
    mlp_ratio: 4,
    layer_norm_eps: 1e-6,
    qkv_bias: true,
    hidden_act: "gelu",
    use_swiglu_ffn: shape.swiglu ?? false,
  };
}

type Shapes = [name: string, shape: number[]][];

function tensorsOf({ hiddenSize: d, layers, patchSize: p, imageSize, swiglu }: CheckpointShape): Shapes {
  const tokens = 1 + Math.floor(imageSize / p) ** 2;
  const tensors: Shapes = [
    ["embeddings.cls_token", [1, 1, d]],
    ["embeddings.position_embeddings", [1, tokens, d]],
    ["embeddings.patch_embeddings.projection.weight", [d, 3, p, p]],
    ["embeddings.patch_embeddings.projection.bias", [d]],
    ["layernorm.weight", [d]],
    ["layernorm.bias", [d]],
  ];
  const inner = swiglu ? Math.floor((Math.trunc((d * 8) / 3) + 7) / 8) * 8 : d * 4;
  const linear = (name: string, out: number, into: number) =>
    tensors.push([`${name}.weight`, [out, into]], [`${name}.bias`, [out]]);
  for (let i = 0; i < layers; i++) {
    const block = `encoder.layer.${i}`;
    for (const part of ["query", "key", "value"]) linear(`${block}.attention.attention.${part}`, d, d);
    linear(`${block}.attention.output.dense`, d, d);
    linear(swiglu ? `${block}.mlp.weights_in` : `${block}.mlp.fc1`, swiglu ? 2 * inner : inner, d);
    linear(swiglu ? `${block}.mlp.weights_out` : `${block}.mlp.fc2`, d, inner);
    for (const norm of ["norm1", "norm2"])
      tensors.push([`${block}.${norm}.weight`, [d]], [`${block}.${norm}.bias`, [d]]);
    for (const scale of ["layer_scale1", "layer_scale2"]) tensors.push([`${block}.${scale}.lambda1`, [d]]);
  }
  return tensors;
}

const count = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);

/** Numbers drawn for one tensor; larger ones repeat them, since a billion would take minutes. */
const mostDrawn = 2 ** 20;

/** Scales near those of trained networks, so that activations neither vanish nor blow up. */
function values(name: string, shape: readonly number[], random: () => number): Float32Array<ArrayBuffer> {
  const scale = name.includes("norm") || name.includes("lambda") ? 0.1 : 0.02;
  const centre = /norm\d?\.weight|lambda1/.test(name) ? 1 : 0;
  const all = new Float32Array(count(shape));
  const drawn = Math.min(all.length, mostDrawn);
  for (let i = 0; i < drawn; i++) all[i] = centre + scale * normal(random);
  for (let done = drawn; done < all.length; done *= 2) all.copyWithin(done, 0, done);
  return all;
}
