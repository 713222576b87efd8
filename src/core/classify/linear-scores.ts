/** Scores of rows by the classifiers that multiply: products by onnxruntime. */
import type { Matrix } from "../numeric/matrix.js";
import { sharedSession } from "../numeric/shared-session.js";
import { GraphBuilder } from "../runtime/graph.js";
import type { Tensor } from "../runtime/tensor.js";
import type { MlpClassifier } from "./classifier.js";

/** x times the transpose of `weights`, and `bias` added to each row: [x.rows, weights.rows]. */
export async function linearScores(
  x: Matrix,
  weights: Matrix,
  bias: Float32Array,
  signal?: AbortSignal,
): Promise<Matrix> {
  const session = await linearSession();
  const feeds = { x: asTensor(x), weights: asTensor(weights), bias: vector(bias) };
  const { scores } = await session.run(feeds, { signal });
  return { data: scores.data as Float32Array, rows: x.rows, cols: weights.rows };
}

type Layers = Pick<MlpClassifier, "hidden" | "hiddenBias" | "output" | "outputBias">;

/** The outputs of a network of two layers, before the softmax: [x.rows, classes]. */
export async function mlpScores(x: Matrix, layers: Layers, signal?: AbortSignal): Promise<Matrix> {
  const session = await mlpSession();
  const feeds = {
    x: asTensor(x),
    hidden: asTensor(layers.hidden),
    hiddenBias: vector(layers.hiddenBias),
    output: asTensor(layers.output),
    outputBias: vector(layers.outputBias),
  };
  const { scores } = await session.run(feeds, { signal });
  return { data: scores.data as Float32Array, rows: x.rows, cols: layers.output.rows };
}

function asTensor({ data, rows, cols }: Matrix): Tensor {
  return { data, dims: [rows, cols] };
}

function vector(data: Float32Array): Tensor {
  return { data, dims: [data.length] };
}

const linearSession = sharedSession(() => {
  const g = new GraphBuilder();
  const x = g.input("x", "float32", ["rows", "dim"]);
  const weights = g.input("weights", "float32", ["classes", "dim"]);
  const bias = g.input("bias", "float32", ["classes"]);
  g.output("scores", g.op("Gemm", [x, weights, bias], { transB: 1 }), "float32", ["rows", "classes"]);
  return g.build();
});

const mlpSession = sharedSession(() => {
  const g = new GraphBuilder();
  const x = g.input("x", "float32", ["rows", "dim"]);
  const hidden = g.input("hidden", "float32", ["units", "dim"]);
  const hiddenBias = g.input("hiddenBias", "float32", ["units"]);
  const output = g.input("output", "float32", ["classes", "units"]);
  const outputBias = g.input("outputBias", "float32", ["classes"]);
  const active = g.op("Relu", [g.op("Gemm", [x, hidden, hiddenBias], { transB: 1 })]);
  g.output("scores", g.op("Gemm", [active, output, outputBias], { transB: 1 }), "float32", ["rows", "classes"]);
  return g.build();
});
