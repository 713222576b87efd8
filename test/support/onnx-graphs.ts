/** ONNX files of small convolutional networks, written as the many programs that export them write theirs. */
import { type Dim, type ElementType, GraphBuilder, type Value } from "#dist/core/runtime/graph.js";

/** Numbers that are told apart, the same for the same name. */
export function weights(g: GraphBuilder, name: string, dims: readonly number[]): Value {
  const count = dims.reduce((product, size) => product * size, 1);
  const values = Float32Array.from({ length: count }, (_, i) => Math.sin(i * 1.7 + name.length) / 4);
  return g.initializer(name, "float32", dims, new Uint8Array(values.buffer));
}

/** A constant of these numbers. */
export function numbers(g: GraphBuilder, name: string, values: readonly number[], dims: readonly number[]): Value {
  return g.initializer(name, "float32", dims, new Uint8Array(Float32Array.from(values).buffer));
}

export interface BackboneOptions {
  inputName?: string;
  type?: ElementType;
  dims?: readonly Dim[];
  /** what lies between the input and the first convolution */
  before?: (g: GraphBuilder, input: Value) => Value;
  /** channels of the picture */
  channels?: number;
  /** outputs from the map [n, 5, h / 4, w / 4] */
  outputs: (g: GraphBuilder, map: Value) => void;
}

/** Channels of the map. */
export const mapChannels = 5;
/** Pixels between its cells. */
export const mapStride = 4;

/** One convolution of 4 pixels and a ReLU; what follows is up to the caller. */
export function backboneFile(options: BackboneOptions): Uint8Array {
  const { inputName = "input", type = "float32", dims = ["n", 3, "h", "w"], channels = 3 } = options;
  const g = new GraphBuilder();
  const input = g.input(inputName, type, dims);
  const pixels = type === "float32" ? input : g.op("Cast", [input], { to: 1 });
  const kernel = weights(g, "kernel", [mapChannels, channels, mapStride, mapStride]);
  const sizes = { kernel_shape: [mapStride, mapStride], strides: [mapStride, mapStride] };
  const map = g.op("Relu", [g.op("Conv", [options.before?.(g, pixels) ?? pixels, kernel], sizes)]);
  options.outputs(g, map);
  return g.build();
}

/** Pooled [n, 5] as torch writes it. */
export function pooled(g: GraphBuilder, map: Value): Value {
  return g.op("Flatten", [g.op("GlobalAveragePool", [map])]);
}

/** Ten classes' numbers, as torch writes them. */
export function classifier(g: GraphBuilder, vector: Value, inputs: number = mapChannels): Value {
  return g.op("Gemm", [vector, weights(g, "fc", [10, inputs]), weights(g, "fc.bias", [10])], { transB: 1 });
}
