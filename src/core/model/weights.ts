/** Brings a checkpoint's tensors into a graph by reference: their bytes stay in the file. */
import { realpath } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { CheckpointError } from "../errors.js";
import type { ElementType, GraphBuilder, Value } from "../runtime/graph.js";
import { readSafetensorsHeader, type SafetensorsHeader, type WeightType } from "./safetensors.js";

const elementTypes: Record<WeightType, ElementType> = { F32: "float32", F16: "float16", BF16: "bfloat16" };

export interface Weights {
  header: SafetensorsHeader;
  /** folder and name of the file itself, links resolved: onnxruntime refuses links that leave their folder */
  folder: string;
  file: string;
}

/** Opens a safetensors file for use in graphs. @throws as readSafetensorsHeader */
export async function openWeights(path: string): Promise<Weights> {
  const header = await readSafetensorsHeader(path);
  const real = await realpath(path);
  return { header, folder: dirname(real), file: basename(real) };
}

/**
 * Checks that the checkpoint has the tensor in the expected shape.
 *
 * @throws CheckpointError naming the tensor when it is missing or has another shape
 */
export function checkTensor(weights: Weights, name: string, shape: readonly number[]): void {
  const { path, tensors } = weights.header;
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
}

/** The tensor as a float32 value of the graph, checked as `checkTensor` does. */
export function weight(graph: GraphBuilder, weights: Weights, name: string, shape: readonly number[]): Value {
  checkTensor(weights, name, shape);
  const { type, offset, length } = weights.header.tensors.get(name)!;
  const value = graph.external(name, elementTypes[type], shape, { location: weights.file, offset, length });
  return type === "F32" ? value : graph.op("Cast", [value], { to: 1 });
}
