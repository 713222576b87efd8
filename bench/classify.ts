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

const solvers = ["lbfgs", "newton-cg"] as const;
const precisions = ["float32", "float64"] as const;
/** from scikit-learn's own on, until the loss is as low as ours */
const tolerances = [1e-4, 1e-5, 1e-6, 1e-7, 1e-8];
/** As LogisticRegression does its work unasked, on features as a model gives them. */
const unasked: Way = { solver: "lbfgs", tol: 1e-4, dtype: "float32", warm: false };

/** The fastest of all at its own tolerance, however far above the optimum that leaves its loss. */
const loose: Way = { ...unasked, solver: "newton-cg", warm: true };

const ratios = [
  "classify.sweep.vs.sklearn",
  "classify.sweep.vs.sklearn-unasked",
  "classify.sweep.vs.sklearn-loose",
  "classify.single.vs.sklearn",
];

/** values of C that all ways are tried on: the time of all 45 must not be spent on each */
const isTried = (_: unknown, i: number) => i % 11 === 0;
/** C of a single model */
const single = 1;

/** How far scikit-learn's loss with its penalty may be above ours to count as equally low, and ours above its. */
const [mostTheirs, mostOurs] = [1e-3, 1e-4];

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
    notes.skip(ratios, error.message);
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
  const { sweep, classifier } = await sweepLogistic(data);
  const way = await fastestOf(peer, sweep.filter(isTried), true, notes, "sweep");
  for (const [name, each] of [
    ["classify.sweep.vs.sklearn", way],
    ["classify.sweep.vs.sklearn-unasked", unasked],
    ["classify.sweep.vs.sklearn-loose", loose],
  ] as const) {
    const own = await timed(() => sweepLogistic(data))();
    const { ms = Number.NaN, fits } = await peer.fit(defaultCs, each);
    const shares = sweep.map((point, i) => objective(point) / objective(fits[i]) - 1);
    const excess = Math.max(...shares);
    if (excess > mostOurs)
      throw new PatchlabError(
        `our loss is up to ${100 * excess} % above scikit-learn's, so that no ratio means anything`,
      );
    report(name, { ...comparisonOf([[own, ms]]), difference: excess });
    notes.figure(
      `${name}.peer-excess`,
      Math.max(...fits.map((fit, i) => objective(fit) / objective(sweep[i]) - 1)),
      "share",
    );
    notes.figure(`${name}.peer-accuracy`, Math.max(...fits.map((fit) => fit.validationAccuracy)), "share");
  }
  notes.figure("classify.sweep.accuracy", sweep.find(({ c }) => c === classifier.c)?.validationAccuracy ?? 0, "share");
  await measureSingle(data, peer, report, notes);
}

async function measureSingle(data: Required<TrainingSet>, peer: Sklearn, report: Report, notes: Notes): Promise<void> {
  const own = await trainLogistic(data, { c: single });
  const way = await fastestOf(peer, [{ ...own, c: single }], false, notes, "single");
  const times: [number, number][] = [];
  for (let pair = 0; pair < 7; pair++) {
    const ours = await timed(() => trainLogistic(data, { c: single }))();
    times.push([ours, (await peer.fit([single], way)).ms ?? Number.NaN]);
  }
  report("classify.single.vs.sklearn", comparisonOf(times));
}

type Found = Pick<PeerFit, "c" | "trainLoss" | "weightNorm">;

/** The way that needs the least time to find losses as low as ours. */
async function fastestOf(
  peer: Sklearn,
  ours: readonly Found[],
  warm: boolean,
  notes: Notes,
  job: string,
): Promise<Way> {
  let best: { way: Way; ms: number } | undefined;
  for (const solver of solvers)
    for (const dtype of precisions)
      for (const tol of tolerances) {
        const way = { solver, dtype, tol, warm };
        const { ms, fits } = await peer.fit(
          ours.map(({ c }) => c),
          way,
          60,
        );
        if (ms === undefined) break;
        if (fits.some((fit, i) => objective(fit) / objective(ours[i]) - 1 > mostTheirs)) continue;
        notes.figure(`classify.${job}.sklearn-${solver}-${dtype}-${tol}`, ms, "ms");
        if (!best || ms < best.ms) best = { way, ms };
        break;
      }
  if (!best) throw new PatchlabError("scikit-learn reaches losses as low as ours in no way that was tried");
  return best.way;
}

/** The loss with its penalty, as both sides minimise it. */
function objective({ c, trainLoss, weightNorm }: Found): number {
  return trainRows * trainLoss + weightNorm ** 2 / (2 * c);
}
