/**
 * Heads on 5,000 x 384 features in 10 classes: logistic regression against scikit-learn, a network against PyTorch.
 * bench/peers.md says how they are set up.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { labelsOf } from "#dist/core/classify/class-labels.js";
import type { LabelledRows, TrainingSet } from "#dist/core/classify/head.js";
import { trainLogistic } from "#dist/core/classify/logistic-regression.js";
import { defaultCs, sweepLogistic } from "#dist/core/classify/logistic-sweep.js";
import { PatchlabError } from "#dist/core/errors.js";
import { normaliseRows } from "#dist/core/numeric/normalise.js";
import { physicalCores } from "#dist/core/runtime/physical-cores.js";
import { labelledFeatures } from "./data.js";
import type { Notes, Report } from "./main.js";
import { comparisonOf, timed } from "./measure.js";
import { mlp } from "./mlp.js";
import { PeerAbsent } from "./peers/process.js";
import { type PeerFit, Sklearn, type Way } from "./peers/sklearn.js";

const [trainRows, validationRows] = [5000, 1000];

/** All ways that take less than hours; each is tried on some values of C, and the fastest sweeps them all. */
const ways: readonly Way[] = (["lbfgs", "newton-cg"] as const).flatMap((solver) =>
  (["float32", "float64"] as const).flatMap((dtype) => [false, true].map((warm) => ({ solver, dtype, warm }))),
);
const tried = defaultCs.filter((_, i) => i % 11 === 0);

const single = 1;

/** How much above scikit-learn's our loss with its penalty may be, as a share of it. */
const mostExcess = 1e-4;

export async function classify(report: Report, notes: Notes): Promise<void> {
  await mlp(report, notes);
  await logistic(report, notes);
}

async function logistic(report: Report, notes: Notes): Promise<void> {
  const data = labelled();
  const folder = await mkdtemp(join(tmpdir(), "patchlab-bench-"));
  try {
    const peer = await Sklearn.open(folder, data, physicalCores());
    notes.versions(peer.versions);
    await measure(data, peer, report, notes).finally(() => peer.close());
  } catch (error) {
    if (!(error instanceof PeerAbsent)) throw error;
    notes.skip(["classify.sweep.vs.sklearn", "classify.single.vs.sklearn"], error.message);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function labelled(): Required<TrainingSet> {
  const { vectors, labels } = labelledFeatures(trainRows + validationRows, 384, 10);
  const { data, cols } = normaliseRows(vectors);
  const part = (from: number, to: number): LabelledRows => ({
    vectors: { data: data.subarray(from * cols, to * cols), rows: to - from, cols },
    labels: labelsOf(
      labels,
      Array.from({ length: to - from }, (_, i) => from + i),
    ),
  });
  return { ...part(0, trainRows), validation: part(trainRows, trainRows + validationRows) };
}

async function measure(data: Required<TrainingSet>, peer: Sklearn, report: Report, notes: Notes): Promise<void> {
  const fastest = await fastestOf(peer, tried, notes, "sweep");
  const { sweep, classifier } = await sweepLogistic(data);
  const own = await timed(() => sweepLogistic(data))();
  const theirs = await peer.fit(defaultCs, fastest);
  const shares = sweep.map((point, i) => objective(point) / objective(theirs.fits[i]) - 1);
  const excess = Math.max(...shares);
  if (excess > mostExcess)
    throw new PatchlabError(
      `our loss is up to ${100 * excess} % above scikit-learn's, so that no ratio means anything`,
    );
  report("classify.sweep.vs.sklearn", { ...comparisonOf([[own, theirs.ms as number]]), difference: excess });
  notes.figure(
    "classify.sweep.iterations",
    sweep.reduce((sum, p) => sum + p.iterations, 0),
    "iterations",
  );
  notes.figure("classify.sweep.sklearn-excess", -Math.min(...shares), "share");
  const best = Math.max(...theirs.fits.map((fit) => fit.validationAccuracy));
  notes.figure("classify.sweep.accuracy", sweep.find((p) => p.c === classifier.c)?.validationAccuracy ?? 0, "share");
  notes.figure("classify.sweep.sklearn-accuracy", best, "share");
  const way = await fastestOf(peer, [single], notes, "single");
  const times: [number, number][] = [];
  for (let pair = 0; pair < 5; pair++)
    times.push([await timed(() => trainLogistic(data, { c: single }))(), (await peer.fit([single], way)).ms as number]);
  report("classify.single.vs.sklearn", comparisonOf(times));
}

/** The way that needs the least time for some values of C. */
async function fastestOf(peer: Sklearn, cs: readonly number[], notes: Notes, job: string): Promise<Way> {
  let best: { way: Way; ms: number } | undefined;
  for (const way of ways) {
    const { ms = Infinity } = await peer.fit(cs, way, 60);
    notes.figure(`classify.${job}.sklearn-${way.solver}-${way.dtype}${way.warm ? "-warm" : ""}`, ms, "ms");
    if (!best || ms < best.ms) best = { way, ms };
  }
  return (best as { way: Way }).way;
}

/** The loss with its penalty, as both sides minimise it. */
function objective({ c, trainLoss, weightNorm }: Pick<PeerFit, "c" | "trainLoss" | "weightNorm">): number {
  return trainRows * trainLoss + weightNorm ** 2 / (2 * c);
}
