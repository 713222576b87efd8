/**
 * A checkpoint's products as 8-bit whole numbers, in a file of their own beside it: quantised once, read by reference
 * like any checkpoint. What is no product stays float32.
 */
import { createHash } from "node:crypto";
import { lstat, mkdir, open, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { CheckpointError, FileError } from "../errors.js";
import type { VitTensors } from "./families/family.js";
import { quantise } from "./quantise.js";
import { readSafetensorsHeader } from "./safetensors.js";
import { type TensorToWrite, writeSafetensors } from "./safetensors-write.js";
import type { VitConfig } from "./vit-config.js";
import { named } from "./vit-layers.js";
import { openWeightsFile, readWeight, type Weights } from "./weights.js";

/** The form of the file; one of another number is made anew. */
const form = "int8-2";

const fileName = "model.patchlab-int8.safetensors";

/** A product of the int8 graph: several of the checkpoint's side by side, which then share the input's quantisation. */
export interface Int8Product {
  /** name in the int8 file */
  name: string;
  inputs: number;
  outputs: number;
  /** names in the checkpoint, each with its outputs and whether it has a bias */
  parts: { name: string; outputs: number; bias: boolean }[];
  /** LayerScale, which goes into the weights */
  scale?: string;
}

/** The products of one block, by what they do. */
export function int8Products(
  config: VitConfig,
  names: VitTensors,
  block: number,
): Record<"qkv" | "projection" | "mlpIn" | "mlpOut", Int8Product> {
  const { hiddenSize: d, mlp, bias } = config;
  const h = mlp.hiddenSize;
  const part = (entry: string, outputs: number, biased: boolean) => ({
    ...{ name: named(entry, block), outputs, bias: biased },
  });
  const product = (name: string, inputs: number, parts: Int8Product["parts"], scale?: string): Int8Product => ({
    ...{ name: `block.${block}.${name}`, inputs, outputs: parts.reduce((sum, p) => sum + p.outputs, 0), parts },
    ...(scale === undefined ? {} : { scale: named(scale, block) }),
  });
  const gates = mlp.gate === "separate" ? [part(names.mlpGate as string, h, bias.mlp)] : [];
  return {
    qkv: product("qkv", d, [
      part(names.query, d, bias.query),
      part(names.key, d, bias.key),
      part(names.value, d, bias.value),
    ]),
    projection: product("projection", d, [part(names.projection, d, bias.projection)], names.scale1),
    mlpIn: product("mlp_in", d, [...gates, part(names.mlpIn, mlp.gate === "packed" ? 2 * h : h, bias.mlp)]),
    mlpOut: product("mlp_out", h, [part(names.mlpOut, d, bias.mlp)], names.scale2),
  };
}

/** Names in the checkpoint of what stays float32, with their shapes. */
export function floatTensors(config: VitConfig, names: VitTensors): [name: string, shape: number[]][] {
  const { hiddenSize: d, patchSize: p, layers } = config;
  const norms = [names.norm, ...range(layers).flatMap((i) => [named(names.norm1, i), named(names.norm2, i)])];
  return [
    [`${names.patchEmbedding}.weight`, [d, 3, p, p]],
    [`${names.patchEmbedding}.bias`, [d]],
    ...norms.flatMap((name): [string, number[]][] => [
      [`${name}.weight`, [d]],
      [`${name}.bias`, [d]],
    ]),
  ];
}

/**
 * The int8 form of a checkpoint: read from beside it when it is of the same files, or made and written there; into
 * the user's cache where the model's folder takes no files.
 *
 * @throws CheckpointError naming the tensor that is missing or has another shape
 * @throws FileError when it can be written nowhere
 */
export async function int8Weights(
  folder: string,
  config: VitConfig,
  names: VitTensors,
  weights: Weights,
): Promise<Weights> {
  const source = await fingerprint(config, names, weights);
  const beside = join(folder, fileName);
  const cached = join(cacheFolder(), createHash("sha256").update(source).digest("hex").slice(0, 32), fileName);
  for (const path of [beside, cached]) if (await isCurrent(path, source)) return openWeightsFile(path);
  const tensors = tensorsToWrite(config, names, weights);
  const write = (path: string) => writeSafetensors(path, tensors, { patchlab: form, source });
  // what has the name and is no file, such as a link, is somebody else's
  if (await isFreeOrFile(beside))
    try {
      await write(beside);
      return await openWeightsFile(beside);
    } catch (error) {
      // such as a folder that only its owner may write to
      if (!(error instanceof FileError) || error instanceof CheckpointError) throw error;
    }
  await makeCacheFolder(dirname(cached));
  await write(cached);
  return openWeightsFile(cached);
}

async function isFreeOrFile(path: string): Promise<boolean> {
  return lstat(path).then(
    (found) => found.isFile(),
    (error) => error.code === "ENOENT",
  );
}

/**
 * What the int8 file is made of: the configuration, the names, and of each file its size, its time and a digest of
 * pieces from all over it. Reading whole files would take as long as quantising them.
 */
async function fingerprint(config: VitConfig, names: VitTensors, weights: Weights): Promise<string> {
  const facts = weights.files.map(async (path) => {
    const { size, mtimeMs } = await stat(path);
    return [basename(path), size, mtimeMs, await sampled(path, size)];
  });
  return JSON.stringify([config, names, ...(await Promise.all(facts))]);
}

const samples = 64;
const sampleBytes = 4096;

async function sampled(path: string, size: number): Promise<string> {
  const hash = createHash("sha256");
  const file = await open(path);
  try {
    const bytes = Buffer.alloc(sampleBytes);
    for (let i = 0; i < samples; i++) {
      const { bytesRead } = await file.read(
        bytes,
        0,
        sampleBytes,
        Math.floor((i * Math.max(0, size - sampleBytes)) / (samples - 1)),
      );
      hash.update(bytes.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
  return hash.digest("hex");
}

async function isCurrent(path: string, source: string): Promise<boolean> {
  try {
    if (!(await lstat(path)).isFile()) return false;
    const { metadata } = await readSafetensorsHeader(path);
    return metadata.patchlab === form && metadata.source === source;
  } catch (error) {
    // missing, or spoiled: it is made again
    if (error instanceof FileError || (error as NodeJS.ErrnoException).code !== undefined) return false;
    throw error;
  }
}

function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "patchlab", "int8");
}

async function makeCacheFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((cause) => {
    throw new FileError(
      path,
      `cannot be made (${cause.message}): 8-bit weights are kept there when the model's folder is read-only`,
      {
        cause,
      },
    );
  });
}

function tensorsToWrite(config: VitConfig, names: VitTensors, weights: Weights): TensorToWrite[] {
  const floats = floatTensors(config, names).map(
    ([name, shape]): TensorToWrite => ({
      ...{ name, type: "F32", shape },
      bytes: async () => bytesOf(await readWeight(weights, name, shape)),
    }),
  );
  const products = range(config.layers).flatMap((i) => Object.values(int8Products(config, names, i)));
  return [...floats, ...products.flatMap((product) => productTensors(product, weights))];
}

/** The weights [inputs, outputs], their scales and the bias. */
function productTensors({ name, inputs, outputs, parts, scale }: Int8Product, weights: Weights): TensorToWrite[] {
  let scales = new Float32Array(0);
  const factors = async () => (scale === undefined ? undefined : readWeight(weights, scale, [outputs]));
  const weightBytes = async () => {
    const joined = new Float32Array(outputs * inputs);
    let row = 0;
    for (const part of parts) {
      const tensor = `${part.name}.weight`;
      const numbers = await readWeight(weights, tensor, [part.outputs, inputs]);
      checkNumbers(weights.path, tensor, numbers);
      joined.set(numbers, row * inputs);
      row += part.outputs;
    }
    const layerScale = await factors();
    if (layerScale) for (let i = 0; i < joined.length; i++) joined[i] *= layerScale[Math.floor(i / inputs)];
    const quantised = quantise(joined, outputs, inputs);
    scales = quantised.scale as Float32Array<ArrayBuffer>;
    return bytesOf(quantised.data);
  };
  const biasBytes = async () => {
    const joined = new Float32Array(outputs);
    let row = 0;
    for (const part of parts) {
      if (part.bias) joined.set(await readWeight(weights, `${part.name}.bias`, [part.outputs]), row);
      row += part.outputs;
    }
    const layerScale = await factors();
    return bytesOf(layerScale ? joined.map((b, i) => b * layerScale[i]) : joined);
  };
  return [
    { name: `${name}.weight`, type: "I8", shape: [inputs, outputs], bytes: weightBytes },
    // written after the weights, which the scales are a result of
    { name: `${name}.scale`, type: "F32", shape: [outputs], bytes: () => bytesOf(scales) },
    { name: `${name}.bias`, type: "F32", shape: [outputs], bytes: biasBytes },
  ];
}

/** Whole numbers cannot say that a number is none. */
function checkNumbers(path: string, name: string, numbers: Float32Array): void {
  if (numbers.some((x) => x - x !== 0))
    throw new CheckpointError(path, `tensor "${name}" holds NaN or an infinity: download it again`, { entry: name });
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Int8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}
