/** The smallest graph with the inputs and outputs of an exported vision transformer: one convolution, no blocks. */
import { type Dim, type ElementType, type ExternalBytes, GraphBuilder, type Value } from "#dist/core/runtime/graph.js";

export interface StubOptions {
  dim?: number;
  patch?: number;
  /** tokens before the patches, each filled with its number */
  prefix?: number;
  inputName?: string;
  outputName?: string;
  type?: ElementType;
  /** sizes of the input that the file fixes or leaves free */
  dims?: readonly Dim[];
  /** an input besides the pixels */
  extraInput?: string;
  /** as many position embeddings, all 0, and so the only number of patches that works */
  positions?: number;
  /** where the convolution's weights lie, if not in the graph */
  external?: ExternalBytes;
}

/** Bytes of the weights, which all are `value`. */
export function stubWeights({ dim = 48, patch = 14 }: StubOptions = {}, value = 0.01): Uint8Array {
  return new Uint8Array(new Float32Array(dim * 3 * patch * patch).fill(value).buffer);
}

/** Tokens [n, prefix + rows x cols, dim]: each patch is the sum of its pixels times the weight. */
export function onnxStub(options: StubOptions = {}): Uint8Array {
  const { dim = 48, patch = 14, prefix = 1, type = "float32", dims = ["n", 3, "h", "w"] } = options;
  const g = new GraphBuilder();
  const input = g.input(options.inputName ?? "pixel_values", type, dims);
  if (options.extraInput) g.input(options.extraInput, "float32", ["n"]);
  const shape = [dim, 3, patch, patch];
  const kernel = options.external
    ? g.external("kernel", "float32", shape, options.external)
    : g.initializer("kernel", "float32", shape, stubWeights(options));
  const pixels = type === "float32" ? input : g.op("Cast", [input], { to: 1 });
  const map = g.op("Conv", [pixels, kernel], { kernel_shape: [patch, patch], strides: [patch, patch] });
  const cells = g.op("Transpose", [g.op("Reshape", [map, g.int64([0, dim, -1])])], { perm: [0, 2, 1] });
  const patches = options.positions ? g.op("Add", [cells, positions(g, options.positions, dim)]) : cells;
  const numbers = Float32Array.from({ length: prefix * dim }, (_, i) => Math.floor(i / dim));
  const first = g.initializer("prefix", "float32", [1, prefix, dim], new Uint8Array(numbers.buffer));
  const n = g.op("Slice", [g.op("Shape", [pixels]), g.int64([0]), g.int64([1])]);
  const expanded = g.op("Expand", [first, g.op("Concat", [n, g.int64([prefix, dim])], { axis: 0 })]);
  const tokens = g.op("Concat", [expanded, patches], { axis: 1 });
  const typed = type === "float32" ? tokens : g.op("Cast", [tokens], { to: 10 });
  g.output(options.outputName ?? "last_hidden_state", typed, type, ["n", "tokens", dim]);
  return g.build();
}

function positions(g: GraphBuilder, count: number, dim: number): Value {
  return g.initializer("positions", "float32", [1, count, dim], new Uint8Array(count * dim * 4));
}
