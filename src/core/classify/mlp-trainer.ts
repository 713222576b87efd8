/**
 * Adam's steps on a network of two layers, by onnxruntime. Four steps a run, since what a run costs besides its products
 * is the way of the weights to onnxruntime's thread and back.
 */
import type { Matrix } from "../numeric/matrix.js";
import { scalar, type Tensor } from "../runtime/tensor.js";
import { type AdamState, adamRates, mapState } from "./adam.js";
import { oneHot } from "./class-labels.js";
import { stepsSession } from "./mlp-graph.js";
import { type Network, partLastColumn, withLastColumn } from "./mlp-network.js";

/** Rows of one step. */
export interface Batch {
  /** [rows, dim + 1], the last column all ones, which the biases multiply */
  readonly x: Matrix;
  /** [rows], places in the classes */
  readonly labels: Int32Array;
}

export interface TrainerOptions {
  readonly learningRate: number;
  /** share of the weights, times the learning rate, that each step takes away, as PyTorch's AdamW @default 0 */
  readonly weightDecay?: number;
}

export interface MlpTrainer {
  /** One step for each batch, in order; the arrays in `x` are handed over. @returns the batches' scores [rows, classes], each before its step */
  train(batches: readonly Batch[], signal?: AbortSignal): Promise<Matrix[]>;
  /** as it is now; a copy */
  network(): Network;
  /** whether a weight, or the square of a gradient, has left the range of 32-bit numbers: nothing is learned from there on */
  overflowed(): boolean;
  /** the sum of past gradients by Adam's weights, which after one step is the gradient itself */
  momentum(): Network;
}

const stepsAtOnce = 4;

/** Multiplications in one product from which on more than one thread pays. */
const largeProduct = 2 ** 26;

/** @param start where training begins; it is left as it is */
export function mlpTrainer(start: Network, { learningRate, weightDecay = 0 }: TrainerOptions): MlpTrainer {
  let layers = [
    initialState(withLastColumn(start.hidden, start.hiddenBias)),
    initialState(withLastColumn(start.output, start.outputBias)),
  ];
  let done = 0;
  // made anew for each run, which takes its arrays along
  const keep = (): Record<string, Tensor> =>
    weightDecay === 0 ? {} : { keep: scalar(1 - learningRate * weightDecay) };

  async function run(batches: readonly Batch[], signal?: AbortSignal): Promise<Matrix[]> {
    const classes = layers[1].weights.rows;
    const work = batches[0].x.data.length * layers[0].weights.rows;
    const session = await stepsSession(batches.length, weightDecay !== 0)(work < largeProduct ? { threads: 1 } : {});
    const feeds = { ...stateTensors(layers), ...batchTensors(batches, classes), ...rates(batches.length), ...keep() };
    const results = await session.run(feeds, { signal, transfer: true });
    layers = layers.map((layer, i) => mapState(layer, (m, part) => ({ ...m, data: numbers(results[`${part}${i}'`]) })));
    done += batches.length;
    return batches.map(({ x }, s) => ({ data: numbers(results[`scores${s}`]), rows: x.rows, cols: classes }));
  }

  function rates(steps: number): Record<string, Tensor> {
    const each = Array.from({ length: steps }, (_, s) => adamRates(done + s + 1, learningRate));
    const entries = each.map(({ rate, epsilon }, s) => [
      [`rate${s}`, scalar(rate)],
      [`epsilon${s}`, scalar(epsilon)],
    ]);
    return Object.fromEntries(entries.flat());
  }

  return {
    async train(batches, signal) {
      const scores: Matrix[] = [];
      while (scores.length < batches.length) {
        const next = batches.slice(scores.length, scores.length + stepsAtOnce);
        const together = next.length === stepsAtOnce && next.every(({ x }) => x.rows === next[0].x.rows);
        scores.push(...(await run(together ? next : next.slice(0, 1), signal)));
      }
      return scores;
    },
    network: () => networkOf(layers.map(({ weights }) => weights)),
    overflowed: () => layers.some(({ weights, second }) => !areFinite(weights) || !areFinite(second)),
    momentum: () => networkOf(layers.map(({ first }) => first)),
  };
}

function areFinite({ data }: Matrix): boolean {
  return data.every(Number.isFinite);
}

function initialState(weights: Matrix): AdamState<Matrix> {
  const zeros = () => ({ ...weights, data: new Float32Array(weights.data.length) });
  return { weights, first: zeros(), second: zeros() };
}

function networkOf(layers: readonly Matrix[]): Network {
  const [hidden, output] = layers.map(partLastColumn);
  return { hidden: hidden.rest, hiddenBias: hidden.last, output: output.rest, outputBias: output.last };
}

function numbers({ data }: Tensor): Float32Array {
  return data as Float32Array;
}

function stateTensors(layers: readonly AdamState<Matrix>[]): Record<string, Tensor> {
  const tensors: Record<string, Tensor> = {};
  layers.forEach((layer, i) => {
    mapState(layer, ({ data, rows, cols }, part) => {
      tensors[`${part}${i}`] = { data, dims: [rows, cols] };
    });
  });
  return tensors;
}

/** The batches have the same number of rows. */
function batchTensors(batches: readonly Batch[], classes: number): Record<string, Tensor> {
  const { rows } = batches[0].x;
  const tensors: Record<string, Tensor> = {
    ones: { data: new Float32Array(rows).fill(1), dims: [rows, 1] },
    share: scalar(1 / rows),
  };
  batches.forEach(({ x, labels }, s) => {
    tensors[`x${s}`] = { data: x.data, dims: [rows, x.cols] };
    tensors[`truth${s}`] = { data: oneHot(labels, classes), dims: [rows, classes] };
  });
  return tensors;
}
