/**
 * Multinomial logistic regressions of the same rows with weaker and weaker penalties, each begun where those before it
 * point to.
 */
import { type Curvature, inverseCurvature } from "./curvature-guess.js";
import { type CurvaturePair, type Evaluation, minimise } from "./lbfgs.js";
import type { HeldRows } from "./logistic-loss.js";

export interface LogisticFit {
  readonly c: number;
  /** weights [classes, cols], then biases [classes], for the rows as they are held */
  readonly model: Float64Array;
  /** mean cross-entropy of the training rows in nats, without the penalty */
  readonly trainLoss: number;
  readonly iterations: number;
  /** false where `maxIterations` came first, or rounding hides the rest of the way */
  readonly converged: boolean;
}

export interface LogisticSettings {
  readonly tolerance: number;
  readonly maxIterations: number;
  readonly signal?: AbortSignal | undefined;
}

export interface PathRows {
  readonly held: HeldRows;
  readonly curvature: Curvature;
  /** rows of each class [classes], each above zero */
  readonly counts: readonly number[];
  /** how long one unit of the held rows is in those that the penalty is for */
  readonly unit: number;
}

/** The regressions of some rows by C; give rising ones. */
export function logisticPath(
  { held, curvature, counts, unit }: PathRows,
  { tolerance, maxIterations, signal }: LogisticSettings,
): (c: number) => Promise<LogisticFit> {
  const { rows, cols, classes } = held;
  const frequencies = lossOfFrequencies(counts);
  // a loss near that of the frequencies, or near 0, has little to fall: what is left is measured by that
  const enough = (value: number) => tolerance * Math.min(value, Math.abs(frequencies - value));
  let known: readonly Known[] = [];
  return async (c) => {
    const penalty = penaltyOf(c, classes, unit);
    const { start = new Float64Array(classes * (cols + 1)), pairs } = beginning(known, c, penalty, classes * cols);
    const minimum = await minimise((model) => penalised(held, model, penalty, signal), start, {
      inverseCurvature: inverseCurvature(curvature, penalty),
      enough,
      maxIterations,
      pairs,
      signal,
    });
    known = [{ c, penalty, ...minimum }, ...known].slice(0, 2);
    const { x: model, value, iterations, converged } = minimum;
    const trainLoss = (value - penaltySum(model, penalty, classes * cols)) / rows;
    return { c, model, trainLoss, iterations, converged };
  };
}

/** The sum of the cross-entropies of a model that knows how often each class occurs, and nothing else. */
function lossOfFrequencies(counts: readonly number[]): number {
  const rows = counts.reduce((sum, n) => sum + n, 0);
  return counts.reduce((sum, n) => sum - n * Math.log(n / rows), 0);
}

/** The factor of ‖weights‖² / 2. */
function penaltyOf(c: number, classes: number, unit: number): number {
  // with two classes scikit-learn has one vector, of which the two here are the half and its opposite
  const strength = classes === 2 ? 2 : 1;
  return strength / c / unit ** 2;
}

interface Known {
  readonly c: number;
  readonly penalty: number;
  readonly x: Float64Array;
  readonly pairs: readonly CurvaturePair[];
}

/** Farther than this from known models, in their distance from each other, a straight line leads astray. */
const farthest = 1.5;

/**
 * The weights move almost evenly with the logarithm of C, and the loss is as curved as it was: only the penalty on the
 * first `weights` numbers is another one.
 */
function beginning([last, before]: readonly Known[], c: number, penalty: number, weights: number) {
  if (!last) return { pairs: [] };
  const more = penalty - last.penalty;
  const pairs = last.pairs.map(({ step, change }) => ({
    step,
    change: change.map((v, i) => (i < weights ? v + more * step[i] : v)),
  }));
  if (!before) return { start: last.x, pairs };
  const share = Math.min(farthest, Math.log(c / last.c) / Math.log(last.c / before.c));
  return { start: last.x.map((v, i) => v + share * (v - before.x[i])), pairs };
}

async function penalised(
  held: HeldRows,
  model: Float64Array,
  penalty: number,
  signal: AbortSignal | undefined,
): Promise<Evaluation> {
  const { value, gradient } = await held.evaluate(model, signal);
  const weights = held.classes * held.cols;
  for (let i = 0; i < weights; i++) gradient[i] += penalty * model[i];
  return { value: value + penaltySum(model, penalty, weights), gradient };
}

function penaltySum(model: Float64Array, penalty: number, weights: number): number {
  let sum = 0;
  for (let i = 0; i < weights; i++) sum += model[i] * model[i];
  return (penalty * sum) / 2;
}
