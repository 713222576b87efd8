/** The training of a network of two layers against PyTorch. bench/peers.md says how both are set up. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { classLabels } from "#dist/core/classify/class-labels.js";
import type { LabelledRows } from "#dist/core/classify/head.js";
import { type MlpOptions, trainMlp } from "#dist/core/classify/mlp.js";
import { initialNetwork } from "#dist/core/classify/mlp-network.js";
import { PatchlabError } from "#dist/core/errors.js";
import { seededRandom } from "#dist/core/numeric/random.js";
import { shuffle } from "#dist/core/numeric/shuffle.js";
import { physicalCores } from "#dist/core/runtime/physical-cores.js";
import { clustered } from "./data.js";
import type { Notes, Report } from "./main.js";
import { compareTimes } from "./measure.js";
import { PeerAbsent } from "./peers/process.js";
import { type MlpTask, TorchMlp } from "./peers/torch-mlp.js";

const ratios = [
  { name: "classify.mlp.vs.pytorch", threads: physicalCores() },
  { name: "classify.mlp.vs.pytorch-1-thread", threads: 1 },
];

const [rows, dim, classes, epochs] = [5000, 384, 10, 5];
const settings = {
  hidden: 256,
  batchSize: 64,
  learningRate: 1e-3,
  epochs,
  seed: 0,
  scaling: "none",
} satisfies MlpOptions;

/** losses that rounding may bring apart over some hundred steps */
const mostDifference = 1e-3;

export async function mlp(report: Report, notes: Notes): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "patchlab-bench-"));
  let peer: TorchMlp | undefined;
  try {
    const data = labelled();
    peer = await TorchMlp.open(folder, taskOf(data));
    notes.versions(peer.versions);
    for (const { name, threads } of ratios) await measure(name, data, peer, threads, report);
  } catch (error) {
    if (!(error instanceof PeerAbsent)) throw error;
    notes.skip(
      ratios.map(({ name }) => name),
      error.message,
    );
  } finally {
    await peer?.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Clouds that classes share, so that there is something left to learn in every epoch. */
function labelled(): LabelledRows {
  const random = seededRandom(1);
  const vectors = clustered(rows, dim, 40);
  return { vectors, labels: classLabels(Array.from({ length: rows }, () => Math.floor(random() * classes))) };
}

/** The weights that `trainMlp` starts from with this seed, and the orders that it takes the rows in. */
function taskOf({ vectors, labels }: LabelledRows): MlpTask {
  const random = seededRandom(settings.seed);
  const start = initialNetwork(dim, settings.hidden, classes, random);
  const order = Int32Array.from(labels.indices.keys());
  const orders = Array.from({ length: epochs }, () => {
    shuffle(order, random);
    return order.slice();
  });
  return { x: vectors, labels: labels.indices, start, orders };
}

async function measure(
  name: string,
  data: LabelledRows,
  peer: TorchMlp,
  threads: number,
  report: Report,
): Promise<void> {
  const theirs = { batch: settings.batchSize, rate: settings.learningRate, threads };
  const ours = async (): Promise<number[]> => {
    const { notes } = await trainMlp(data, settings);
    return (notes.epochs ?? []).map(({ trainLoss }) => trainLoss);
  };
  const { losses } = await peer.train(theirs);
  const difference = (await ours()).reduce((most, loss, i) => Math.max(most, Math.abs(loss - losses[i])), 0);
  if (!(difference <= mostDifference))
    throw new PatchlabError(
      `${name}: the losses differ by up to ${difference} where ${mostDifference} is allowed, so that the ratio would mean nothing`,
    );
  const time = async () => {
    const start = performance.now();
    await ours();
    return performance.now() - start;
  };
  report(name, {
    ...(await compareTimes(time, async () => (await peer.train(theirs)).ms, { pairs: 9, pause: 100 })),
    difference,
  });
}
