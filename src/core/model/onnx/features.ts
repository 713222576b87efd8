/**
 * Which values of an ONNX graph are a picture's features: the vector in front of the classifier, and the map in front
 * of the pooling. Exporters write classifiers as Gemm, MatMul and Add, or a convolution of one pixel, and poolings in
 * as many ways; dropout and shape-changing operators lie in between.
 */
import { CheckpointError } from "../../errors.js";
import type { GraphIndex } from "./graph-index.js";
import { integersOf } from "./node-attributes.js";
import type { OnnxNode, OnnxValue } from "./read-graph.js";

export interface FeatureValues {
  /** the value that is one vector a picture, [n, c] or [n, c, 1, 1]; none when only a map is known */
  vector?: string;
  /** values [n, c, rows, cols] that may be the map */
  maps: string[];
}

/**
 * An output of pooled features is taken before one of another vector, and that before the input of a classifier. A
 * last linear layer counts as a classifier.
 *
 * @throws CheckpointError that says what the file gives when none of it is a vector or a map
 */
export function findFeatures(index: GraphIndex, path: string): FeatureValues {
  const { outputs, nodes } = index.graph;
  if (!nodes.some(({ op }) => isConvolution(op)))
    throw new CheckpointError(path, "has no convolution, so it is no network for pictures: give another file");
  const origins = outputs.map((output) => ({ output, ...originOf(index, output) }));
  const best = (["pooled", "vector", "classifier"] as const)
    .map((kind) => origins.find((origin) => origin.kind === kind))
    .find((origin) => origin !== undefined);
  const maps = origins.flatMap(({ kind, output }) => (kind === "map" ? [output.name] : []));
  if (best === undefined && maps.length === 0) throw noFeatures(index, path);
  if (maps.length === 0 && best) {
    const pooled = mapBefore(index, best.value);
    if (pooled !== undefined) maps.push(pooled);
  }
  return { ...(best ? { vector: best.value } : {}), maps };
}

type Origin = {
  kind: "pooled" | "vector" | "classifier" | "map" | "other";
  /** the features' value, where the kind has one */
  value: string;
};

/** What an output is, by the operators that made it. */
function originOf(index: GraphIndex, { name, dims }: OnnxValue): Origin {
  const rank = dims?.length;
  if (rank !== undefined && rank !== 2 && rank !== 4) return { kind: "other", value: name };
  let value = name;
  let classes = false;
  for (const seen = new Set<string>(); !seen.has(value); ) {
    seen.add(value);
    const maker = index.makerOf(value);
    if (!maker) break;
    const data = index.dataInputs(maker);
    if (isClassifier(index, maker)) return { kind: "classifier", value: unquantised(index, data[0]) };
    // classes that are pooled from a map of them have no vector before them
    if (isPooling(index, maker)) return { kind: classes ? "other" : "pooled", value: name };
    if (!passesOn.has(maker.op) && !isScaling(index, maker)) break;
    classes ||= /Softmax$/.test(maker.op);
    value = maker.op === "Mul" ? scaled(index, data) : data[0];
  }
  if (classes) return { kind: "other", value: name };
  const known = rank === 2 ? "vector" : rank === 4 ? "map" : "other";
  return { kind: known, value: name };
}

/** Operators that leave a vector's numbers as they are, or turn classes' numbers into others. */
const passesOn = new Set([
  ...["Identity", "Cast", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Dropout"],
  ...["Softmax", "LogSoftmax", "Sigmoid", "QuantizeLinear", "DequantizeLinear"],
]);

/** A sum, a difference, a product or a quotient with something constant, or the scale of an 8-bit product. */
function isScaling(index: GraphIndex, node: OnnxNode): boolean {
  if (!["Add", "Sub", "Mul", "Div"].includes(node.op)) return false;
  const data = index.dataInputs(node);
  return data.length === 1 || (node.op === "Mul" && data.some((value) => isWhole(index, value)));
}

/** Of a product, the input that is scaled. */
function scaled(index: GraphIndex, data: readonly string[]): string {
  return data.find((value) => isWhole(index, value)) ?? data[0];
}

/** Whether a value is the product of whole numbers, cast to floats. */
function isWhole(index: GraphIndex, value: string): boolean {
  const cast = index.makerOf(value);
  return cast?.op === "Cast" && index.makerOf(cast.inputs[0])?.op === "MatMulInteger";
}

const products = new Set(["Gemm", "MatMul", "MatMulInteger", "FusedGemm", "FusedMatMul", "QGemm", "QLinearMatMul"]);

/** A product with constant weights, or a convolution of what was pooled. */
function isClassifier(index: GraphIndex, node: OnnxNode): boolean {
  if (products.has(node.op)) return index.dataInputs(node).length === 1 || node.op === "MatMulInteger";
  if (node.op !== "Conv") return false;
  const [pooled] = index.dataInputs(node);
  let maker = index.makerOf(pooled);
  for (let steps = 0; maker && steps < 16 && passesOn.has(maker.op); steps++) maker = index.makerOf(maker.inputs[0]);
  return maker !== undefined && isPooling(index, maker);
}

/** The floats that an 8-bit product's whole numbers were made of. */
function unquantised(index: GraphIndex, value: string): string {
  const maker = index.makerOf(value);
  return maker && /^(Dynamic)?QuantizeLinear$/.test(maker.op) ? maker.inputs[0] : value;
}

export function isConvolution(op: string): boolean {
  return /^(Fused|QLinear|Nhwc)?Conv(Integer)?$/.test(op);
}

const globalPoolings = new Set([
  "GlobalAveragePool",
  "GlobalMaxPool",
  "GlobalLpPool",
  "AveragePool",
  "QLinearGlobalAveragePool",
]);

/** Whether the operator makes one number a channel, or a few, of a map [n, channels, rows, cols]. */
function isPooling(index: GraphIndex, node: OnnxNode): boolean {
  if (globalPoolings.has(node.op)) return true;
  if (!/^Reduce(Mean|Max)$/.test(node.op)) return false;
  const axes = integersOf(node, "axes") ?? (node.inputs[1] ? index.integers(node.inputs[1]) : []);
  const sides = axes.map((axis) => (axis < 0 ? axis + 4 : axis)).sort((a, b) => a - b);
  return sides.length === 2 && sides[0] === 2 && sides[1] === 3;
}

/** What the nearest pooling before a value pools, without going through a convolution. */
function mapBefore(index: GraphIndex, vector: string): string | undefined {
  const seen = new Set<string>([vector]);
  // a set goes on over what is added to it on the way: the nearest come first
  for (const value of seen) {
    const maker = index.makerOf(value);
    if (!maker || isConvolution(maker.op)) continue;
    if (isPooling(index, maker)) return maker.inputs[0];
    for (const input of index.dataInputs(maker)) seen.add(input);
  }
  return undefined;
}

function noFeatures(index: GraphIndex, path: string): CheckpointError {
  const { outputs } = index.graph;
  const given = outputs.slice(0, 5).map(({ name, dims }) => {
    const sizes = dims ? `[${dims.map((size) => size ?? "?").join(", ")}]` : "of unknown sizes";
    return `${name} ${sizes} by ${index.makerOf(name)?.op ?? "nothing"}`;
  });
  return new CheckpointError(
    path,
    `gives ${given.join(", ") || "nothing"}, where neither an image vector [n, c] nor a map [n, c, rows, cols] is found: export the network without its head, with pooled features as its output`,
  );
}
