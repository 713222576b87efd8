/** The course of an MLP's training: shuffled batches, learning curves, and when to stop. */
import { ArgumentError } from "../errors.js";
import type { Matrix } from "../numeric/matrix.js";
import type { Random } from "../numeric/random.js";
import { shuffle } from "../numeric/shuffle.js";
import { fitSums } from "./cross-entropy.js";
import type { LearningPoint, TrainingNotes } from "./head.js";
import { mlpScores } from "./linear-scores.js";
import type { Network } from "./mlp-network.js";
import { type Batch, type MlpTrainer, mlpTrainer } from "./mlp-trainer.js";
import { scaledBlocks } from "./row-blocks.js";
import type { ScalingRule } from "./scaling.js";

export interface PreparedRows {
  /** [rows, dim], scaled */
  readonly vectors: Matrix;
  /** [rows], places among the classes that are present */
  readonly labels: Int32Array;
}

export interface EpochSettings {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly patience: number;
  readonly weightDecay: number;
  /** for what an error advises */
  readonly scaling: ScalingRule;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number, point: LearningPoint) => void) | undefined;
}

export interface Course extends EpochSettings {
  readonly rows: PreparedRows;
  readonly validation: PreparedRows | undefined;
  readonly random: Random;
}

/** Epochs until the last one, or until validation has not improved for some. @throws ArgumentError as `trainMlp` */
export async function runEpochs(start: Network, course: Course): Promise<{ network: Network; notes: TrainingNotes }> {
  const { epochs, validation, patience, onProgress, signal } = course;
  const trainer = mlpTrainer(start, course);
  const curve: LearningPoint[] = [];
  const order = Int32Array.from(course.rows.labels.keys());
  let best = { network: start, epoch: 0, loss: Infinity };
  for (let epoch = 1; epoch <= epochs && epoch <= best.epoch + patience; epoch++) {
    shuffle(order, course.random);
    const trained = await runEpoch(trainer, order, course);
    const network = trainer.network();
    const checked = validation && (await validationFit(network, validation, signal));
    const losses = [trained.trainLoss, checked?.validationLoss ?? 0];
    if (trainer.overflowed() || !losses.every(Number.isFinite)) throw overflow(epoch, course);
    const point = { epoch, ...trained, ...checked };
    curve.push(point);
    if (!checked || checked.validationLoss < best.loss)
      best = { network, epoch, loss: checked?.validationLoss ?? Infinity };
    onProgress?.(epoch, epochs, point);
  }
  const remarks = validation
    ? {}
    : { remarks: [`no validation rows to choose when to stop: all ${epochs} epochs were run`] };
  return {
    network: best.network,
    notes: { chosen: validation ? { epoch: best.epoch } : {}, epochs: curve, ...remarks },
  };
}

type TrainFit = Pick<LearningPoint, "trainLoss" | "trainAccuracy">;

/** batches that are made at once, of which the trainer takes as many steps as it can in one run */
const batchesAtOnce = 4;

async function runEpoch(trainer: MlpTrainer, order: Int32Array, course: Course): Promise<TrainFit> {
  const { rows, batchSize, signal } = course;
  let [loss, right] = [0, 0];
  for (let from = 0; from < order.length; from += batchSize * batchesAtOnce) {
    const batches: Batch[] = [];
    const end = Math.min(order.length, from + batchSize * batchesAtOnce);
    for (let at = from; at < end; at += batchSize)
      batches.push(batchOf(rows, order.subarray(at, Math.min(end, at + batchSize))));
    const scores = await trainer.train(batches, signal);
    scores.forEach((each, s) => {
      const sums = fitSums(each, batches[s].labels);
      loss += sums.loss;
      right += sums.right;
    });
  }
  return { trainLoss: loss / order.length, trainAccuracy: right / order.length };
}

function batchOf({ vectors: { data, cols }, labels }: PreparedRows, chosen: Int32Array): Batch {
  const x = new Float32Array(chosen.length * (cols + 1)).fill(1);
  chosen.forEach((row, i) => {
    x.set(data.subarray(row * cols, (row + 1) * cols), i * (cols + 1));
  });
  return { x: { data: x, rows: chosen.length, cols: cols + 1 }, labels: chosen.map((row) => labels[row]) };
}

async function validationFit(network: Network, { vectors, labels }: PreparedRows, signal?: AbortSignal) {
  let [loss, right] = [0, 0];
  const width = network.hidden.rows;
  for await (const { rows, from } of scaledBlocks(vectors, { rule: "none" }, { width, signal })) {
    const sums = fitSums(await mlpScores(rows, network, signal), labels.subarray(from, from + rows.rows));
    loss += sums.loss;
    right += sums.right;
  }
  return { validationLoss: loss / labels.length, validationAccuracy: right / labels.length };
}

/** What to say where training has left the range of numbers. */
function overflow(epoch: number, { learningRate, scaling }: EpochSettings): ArgumentError {
  const advice = scaling === "standardise" ? "" : `, or the scaling "standardise" instead of "${scaling}"`;
  return new ArgumentError(
    "learningRate",
    `is ${learningRate}, with which training left the range of numbers in epoch ${epoch}: give a smaller one, such as 0.001${advice}`,
  );
}
