import { ofCell } from "../display-hook.js";
import { ArgumentError } from "../errors.js";
import { checkCount } from "../numeric/neighbours.js";
import type { LogisticClassifier } from "./classifier.js";
import type { LabelledRows, TrainedHead } from "./head.js";
import { oneRegression } from "./logistic-path.js";
import { prepareRows, trainedLogistic } from "./logistic-rows.js";
import type { ScalingRule } from "./scaling.js";
import { checkTrainingSet } from "./training-rows.js";

export interface SolverOptions {
  /** @default "none", as the evaluation of DINOv2 (dinov2/eval/log_regression.py) */
  readonly scaling?: ScalingRule;
  /**
   * done when the loss is expected to fall by less than this share of itself, or of what it has fallen by from that of
   * the classes' frequencies, whichever is less, and cannot fall by 1e-4 of it (or ten times this, if that is more)
   *
   * @default 1e-8, and 2e-5 for each C of a sweep but the chosen one
   */
  readonly tolerance?: number;
  /** for one C, and for each of the stronger penalties on the way to it @default 1000 */
  readonly maxIterations?: number;
  /** stops between two evaluations of the loss */
  readonly signal?: AbortSignal;
}

export interface LogisticOptions extends SolverOptions {
  /** inverse strength of the penalty, as scikit-learn's C @default 1 */
  readonly c?: number;
}

export interface LogisticHead extends TrainedHead<LogisticClassifier> {
  /** mean cross-entropy of the training rows in nats, without the penalty */
  readonly trainLoss: number;
  /** Euclidean length of all weights together */
  readonly weightNorm: number;
  readonly iterations: number;
  /** false where `maxIterations` came first, or the rounding of float32 hides the rest of the way */
  readonly converged: boolean;
}

export const usualTolerance = 1e-8;

/**
 * Multinomial logistic regression: weights and biases with the least sum of cross-entropies + ‖weights‖² / (2 C), as
 * scikit-learn's LogisticRegression. The weights add up to 0 over the classes.
 *
 * With two classes scikit-learn penalises one vector w, the log odds of the second class; here the rows are -w / 2 and
 * w / 2, so that both say the same of everything. A class without training rows gets the probability 0.
 *
 * Found by L-BFGS that begins with Böhning's bound on the curvature; products are onnxruntime's, in float32, the sum of
 * the loss and the optimiser's vectors in float64.
 *
 * @param data at least two classes with rows
 * @throws what `checkTrainingSet` throws; NotFiniteError naming the first bad row; DegenerateDataError when all rows are
 *   equal, or one is zero under "l2"; ArgumentError naming the option that is out of its range
 * @see Böhning 1992, doi:10.1007/BF00048682; Liu & Nocedal 1989, doi:10.1007/BF01589116
 * @example const { classifier } = await trainLogistic({ vectors: features.cls, labels: classLabels(names) }, { c: 1 });
 */
export async function trainLogistic(data: LabelledRows, options: LogisticOptions = {}): Promise<LogisticHead> {
  const { c = 1, scaling, ...settings } = solverSettings(ofCell(options), usualTolerance);
  checkC(c, "c");
  checkTrainingSet(data);
  const rows = await prepareRows(data, scaling, settings.signal);
  try {
    const fit = await oneRegression(rows, c, settings);
    const { trainLoss, weightNorm, iterations, converged } = fit;
    const trained = trainedLogistic(data, rows, fit);
    return { ...trained, notes: { chosen: { C: c } }, trainLoss, weightNorm, iterations, converged };
  } finally {
    await rows.held.release();
  }
}

type SolverSettings = Required<Omit<SolverOptions, "signal">>;

/** The options with their defaults, checked. @param usual the default of `tolerance` */
export function solverSettings<O extends SolverOptions>(options: O, usual: number): O & SolverSettings {
  const { scaling = "none", tolerance = usual, maxIterations = 1000 } = options;
  if (!(tolerance > 0 && tolerance < 1))
    throw new ArgumentError("tolerance", `is ${tolerance}: give a share between 0 and 1, such as 1e-7`);
  checkCount(maxIterations, "maxIterations");
  return { ...options, scaling, tolerance, maxIterations };
}

/** @throws ArgumentError when it is no finite number above 0 */
export function checkC(c: number, argument: string): void {
  if (!(c > 0 && Number.isFinite(c))) throw new ArgumentError(argument, `is ${c}: give a finite number above 0`);
}
