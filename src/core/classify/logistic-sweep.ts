/** Logistic regressions with many penalties, of which validation rows choose one. */
import { ofCell } from "../display-hook.js";
import { ArgumentError } from "../errors.js";
import { stackRows } from "../numeric/stack-rows.js";
import type { LogisticClassifier } from "./classifier.js";
import type { LabelledRows, TrainedHead, TrainingSet } from "./head.js";
import type { HeldRows } from "./logistic-loss.js";
import { type LogisticSettings, logisticPath, oneRegression } from "./logistic-path.js";
import { checkC, type SolverOptions, solverSettings, trainLogistic, usualTolerance } from "./logistic-regression.js";
import { holdOthers, type LogisticRows, prepareRows, trainedLogistic } from "./logistic-rows.js";
import { presentClasses, rowsOfPresent } from "./present-classes.js";
import { checkTrainingSet } from "./training-rows.js";

/** 10^-6 to 10^5 in 45 steps, even in their logarithms, as the evaluation of DINOv2 sweeps them. */
export const defaultCs: readonly number[] = Array.from({ length: 45 }, (_, i) => 10 ** (-6 + (11 * i) / 44));

/** Choosing needs fewer digits than the model that is chosen, which is trained to more. */
const sweepTolerance = 2e-5;

export interface SweepOptions extends SolverOptions {
  /** values of C to choose from, each above 0 @default defaultCs */
  readonly cs?: readonly number[];
  /** train once more with the chosen C, on training and validation rows together, as DINOv2 does @default false */
  readonly refit?: boolean;
  /** called after each C, with how many */
  readonly onProgress?: (done: number, total: number, point: SweepPoint) => void;
}

/** What came of one C. */
export interface SweepPoint {
  readonly c: number;
  /** mean cross-entropy of the training rows in nats, without the penalty */
  readonly trainLoss: number;
  /** Euclidean length of all weights together */
  readonly weightNorm: number;
  /** mean cross-entropy of the validation rows whose class has training rows */
  readonly validationLoss: number;
  /** share of all validation rows */
  readonly validationAccuracy: number;
  readonly iterations: number;
  /** false where `maxIterations` came first, or the rounding of float32 hides the rest of the way */
  readonly converged: boolean;
}

export interface LogisticSweep extends TrainedHead<LogisticClassifier> {
  /** one entry a C, from the smallest up */
  readonly sweep: readonly SweepPoint[];
}

/**
 * `trainLogistic` with each C, and the one that is right most often on the validation rows: of equally good ones the one
 * with the lowest validation loss, of these the smallest. DINOv2 takes the first of equally good ones. The classifier is
 * the one that `trainLogistic` gives with that C.
 *
 * @param data with validation rows, of which at least one is of a class that has training rows
 * @throws what `trainLogistic` throws; ArgumentError when there are no such validation rows, or `cs` is empty or holds
 *   anything but finite numbers above 0
 * @see Oquab et al. 2023, arXiv:2304.07193; facebookresearch/dinov2, dinov2/eval/log_regression.py
 * @example const { classifier, sweep } = await sweepLogistic({ vectors, labels, validation });
 */
export async function sweepLogistic(data: TrainingSet, options: SweepOptions = {}): Promise<LogisticSweep> {
  const { cs = defaultCs, refit = false, onProgress, ...solver } = ofCell(options);
  const { scaling, ...settings } = solverSettings(solver, sweepTolerance);
  const rising = checkedCs(cs);
  checkTrainingSet(data);
  const choosing = checkedValidation(data);
  const rows = await prepareRows(data, scaling, settings.signal);
  try {
    const others = await holdOthers(choosing, rows, settings.signal);
    const strangers = (data.validation?.vectors.rows ?? 0) - choosing.vectors.rows;
    const course = { ...settings, strangers, onProgress };
    const sweep = await follow(rows, others, rising, course).finally(() => others.release());
    const { c } = sweep.reduce((best, point) => (isBetter(point, best) ? point : best));
    const final = solverSettings(solver, usualTolerance);
    const { classifier, start } = refit
      ? await trainLogistic(together(data), { ...final, c })
      : trainedLogistic(data, rows, await oneRegression(rows, c, final));
    return { classifier, start, notes: { chosen: { C: c } }, sweep };
  } finally {
    await rows.held.release();
  }
}

interface Course extends LogisticSettings {
  /** validation rows of classes without training rows: whatever C is, they are wrong */
  readonly strangers: number;
  readonly onProgress: SweepOptions["onProgress"];
}

async function follow(
  rows: LogisticRows,
  others: HeldRows,
  cs: readonly number[],
  { strangers, onProgress, ...settings }: Course,
): Promise<SweepPoint[]> {
  const path = logisticPath(rows, settings);
  const sweep: SweepPoint[] = [];
  for (const c of cs) {
    const { model, ...fit } = await path(c);
    const { loss, right } = await others.test(model, settings.signal);
    const validationAccuracy = right / (others.rows + strangers);
    const point = { ...fit, validationLoss: loss / others.rows, validationAccuracy };
    sweep.push(point);
    onProgress?.(sweep.length, cs.length, point);
  }
  return sweep;
}

function isBetter(a: SweepPoint, b: SweepPoint): boolean {
  if (a.validationAccuracy !== b.validationAccuracy) return a.validationAccuracy > b.validationAccuracy;
  return a.validationLoss < b.validationLoss;
}

/** Rising, each once. */
export function checkedCs(cs: readonly number[]): readonly number[] {
  if (cs.length === 0) throw new ArgumentError("cs", "is empty: give at least one value of C");
  cs.forEach((c, i) => {
    checkC(c, `cs[${i}]`);
  });
  return [...new Set(cs)].sort((a, b) => a - b);
}

function checkedValidation(data: TrainingSet): LabelledRows {
  const rows = rowsOfPresent(data.validation, presentClasses(data));
  if (rows) return rows;
  const what = data.validation ? "are all of classes without training rows" : "are missing";
  throw new ArgumentError(
    "data.validation",
    `${what}, and they choose C: give some of the training classes, or train with one C by trainLogistic`,
  );
}

/** Training and validation rows as one set. */
function together({ vectors, labels, validation }: TrainingSet): LabelledRows {
  if (!validation) return { vectors, labels };
  return {
    vectors: stackRows([vectors, validation.vectors]),
    labels: { classes: labels.classes, indices: Int32Array.from([...labels.indices, ...validation.labels.indices]) },
  };
}
