/**
 * A checkpoint's tensors, from one safetensors file or from the shards that an index names, and how they come into a
 * graph: by reference, their bytes stay in the files.
 */
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { CheckpointError, FileError } from "../errors.js";
import { readShardIndex } from "../hub/shards.js";
import { fileInModelFolder } from "../model-file.js";
import type { ElementType, GraphBuilder, Value } from "../runtime/graph.js";
import { type FloatType, floatType, readSafetensorsHeader, readTensorAt, type TensorEntry } from "./safetensors.js";

/** A tensor and the file that holds it. */
export interface WeightEntry extends TensorEntry {
  /** the file itself, links resolved: onnxruntime refuses links that leave their folder */
  readonly file: string;
}

export interface Weights {
  /** what was opened, the file or the index of its shards, for messages */
  readonly path: string;
  /** where the files themselves lie */
  readonly folder: string;
  readonly tensors: ReadonlyMap<string, WeightEntry>;
  /** the files themselves */
  readonly files: readonly string[];
}

const single = "model.safetensors";
const index = "model.safetensors.index.json";

/** Whether the folder has weights as safetensors, whole or sharded. */
export function hasSafetensors(folder: string): boolean {
  return existsSync(join(folder, single)) || existsSync(join(folder, index));
}

/**
 * Opens a model folder's `model.safetensors`, or the shards that `model.safetensors.index.json` names. Only headers
 * are read.
 *
 * @throws FileError when there is neither
 * @throws CheckpointError as readSafetensorsHeader, and when an index names a file that is not there or lies
 *   elsewhere, or a tensor that its file does not hold
 */
export async function openWeights(folder: string): Promise<Weights> {
  if (existsSync(join(folder, single))) return gather(join(folder, single), folder, [single]);
  const path = join(folder, index);
  if (!existsSync(path))
    throw new FileError(
      join(folder, single),
      "is missing: a model folder needs its weights, whole or as shards with their index",
    );
  const { weightMap, files: shards } = await readShardIndex(path);
  const weights = await gather(path, folder, shards);
  for (const [name, shard] of Object.entries(weightMap))
    if (weights.tensors.get(name)?.file !== weights.files[shards.indexOf(shard)])
      throw new CheckpointError(path, `names the tensor "${name}", which ${shard} does not hold: download both again`, {
        entry: name,
      });
  return weights;
}

/** Opens one safetensors file, whatever its name. */
export function openWeightsFile(path: string): Promise<Weights> {
  return gather(path, dirname(path), [basename(path)]);
}

async function gather(path: string, folder: string, names: readonly string[]): Promise<Weights> {
  const tensors = new Map<string, WeightEntry>();
  const files: string[] = [];
  for (const name of names) {
    const file = await fileInModelFolder(folder, name);
    const header = await readSafetensorsHeader(join(folder, name));
    files.push(file);
    for (const [tensor, entry] of header.tensors) {
      if (tensors.has(tensor))
        throw new CheckpointError(path, `has the tensor "${tensor}" in two of its files`, { entry: tensor });
      tensors.set(tensor, { ...entry, file });
    }
  }
  if (files.length === 0) throw new CheckpointError(path, "names no files: download it again");
  const real = dirname(files[0]);
  if (files.some((file) => dirname(file) !== real))
    throw new CheckpointError(path, "has its shards in different folders: put them into one");
  return { path, folder: real, tensors, files };
}

/**
 * The tensor's entry, checked.
 *
 * @throws CheckpointError naming the tensor when it is missing or has another shape
 */
export function checkTensor(weights: Weights, name: string, shape: readonly number[]): WeightEntry {
  const { path, tensors } = weights;
  const entry = tensors.get(name);
  if (!entry)
    throw new CheckpointError(path, `has no tensor "${name}": it does not fit its config.json, or it is incomplete`, {
      entry: name,
    });
  if (entry.shape.length !== shape.length || entry.shape.some((n, i) => n !== shape[i]))
    throw new CheckpointError(
      path,
      `tensor "${name}" has shape [${entry.shape.join(", ")}] where config.json calls for [${shape.join(", ")}]`,
      { entry: name },
    );
  return entry;
}

/** A tensor's numbers as float32, checked as `checkTensor` does. */
export function readWeight(weights: Weights, name: string, shape: readonly number[]): Promise<Float32Array> {
  const entry = checkTensor(weights, name, shape);
  return readTensorAt(entry.file, name, entry);
}

const elementTypes: Record<FloatType, ElementType> = { F32: "float32", F16: "float16", BF16: "bfloat16" };

/** The tensor as a float32 value of the graph, checked as `checkTensor` does. */
export function weight(graph: GraphBuilder, weights: Weights, name: string, shape: readonly number[]): Value {
  const entry = checkTensor(weights, name, shape);
  const type = floatType(weights.path, name, entry);
  const { offset, length, file } = entry;
  const value = graph.external(name, elementTypes[type], shape, { location: basename(file), offset, length });
  return type === "F32" ? value : graph.op("Cast", [value], { to: 1 });
}

/** A tensor of 8-bit whole numbers as a value of the graph, checked as `checkTensor` does. */
export function wholeNumbers(graph: GraphBuilder, weights: Weights, name: string, shape: readonly number[]): Value {
  const { type, offset, length, file } = checkTensor(weights, name, shape);
  if (type !== "I8")
    throw new CheckpointError(file, `tensor "${name}" has element type ${type}, not I8`, { entry: name });
  return graph.external(name, "int8", shape, { location: basename(file), offset, length });
}
