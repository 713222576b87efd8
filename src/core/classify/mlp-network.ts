/** The numbers of a network of two layers, and the form in which they are trained: biases as a last column. */
import type { Matrix } from "../numeric/matrix.js";
import type { Random } from "../numeric/random.js";
import type { MlpClassifier } from "./classifier.js";
import { absentScore } from "./present-classes.js";

export type Network = Pick<MlpClassifier, "hidden" | "hiddenBias" | "output" | "outputBias">;

/** Weights and biases uniform within 1 / sqrt(inputs of the layer), as PyTorch's nn.Linear starts. */
export function initialNetwork(dim: number, hidden: number, classes: number, random: Random): Network {
  const uniform = (count: number, inputs: number) =>
    Float32Array.from({ length: count }, () => (2 * random() - 1) / Math.sqrt(inputs));
  return {
    hidden: { data: uniform(hidden * dim, dim), rows: hidden, cols: dim },
    hiddenBias: uniform(hidden, dim),
    output: { data: uniform(classes * hidden, hidden), rows: classes, cols: hidden },
    outputBias: uniform(classes, hidden),
  };
}

/** [rows, cols + 1] */
export function withLastColumn({ data, rows, cols }: Matrix, last: ArrayLike<number>): Matrix {
  const out = new Float32Array(rows * (cols + 1));
  for (let i = 0; i < rows; i++) {
    out.set(data.subarray(i * cols, (i + 1) * cols), i * (cols + 1));
    out[i * (cols + 1) + cols] = last[i];
  }
  return { data: out, rows, cols: cols + 1 };
}

/** A matrix without its last column, and that column. */
export function partLastColumn({ data, rows, cols }: Matrix): { rest: Matrix; last: Float32Array } {
  const rest = new Float32Array(rows * (cols - 1));
  const last = new Float32Array(rows);
  for (let i = 0; i < rows; i++) {
    rest.set(data.subarray(i * cols, (i + 1) * cols - 1), i * (cols - 1));
    last[i] = data[(i + 1) * cols - 1];
  }
  return { rest: { data: rest, rows, cols: cols - 1 }, last };
}

/** A network over some classes as one over all: those that it does not know get the probability 0. */
export function amongAllClasses(network: Network, places: Int32Array, classes: number): Network {
  const { output, outputBias } = network;
  if (places.length === classes) return network;
  const data = new Float32Array(classes * output.cols);
  const bias = new Float32Array(classes).fill(absentScore);
  places.forEach((place, c) => {
    data.set(output.data.subarray(c * output.cols, (c + 1) * output.cols), place * output.cols);
    bias[place] = outputBias[c];
  });
  return { ...network, output: { data, rows: classes, cols: output.cols }, outputBias: bias };
}
