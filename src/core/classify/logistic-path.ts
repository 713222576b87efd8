/**
 * Multinomial logistic regressions of the same rows with weaker and weaker penalties, each begun where those before it
 * point to.
 */
import { dot } from "../numeric/orthonormal.js";
import { type Curvature, inverseCurvature } from "./curvature-guess.js";
import { type CurvaturePair, type Evaluation, minimise } from "./lbfgs.js";
import type { HeldRows } from "./logistic-loss.js";

export interface LogisticFit {
  readonly c: number;
  /** weights [classes, cols], then biases [classes], for the rows as they are held */
  readonly model: Float64Array;
  /** mean cross-entropy of the training rows in nats, without the penalty */
  readonly trainLoss: number;
  /** Euclidean length of all weights together */
  readonly weightNorm: number;
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

/** A regression of some rows with one C; give rising ones. The tolerance is another one where it is given. */
export type LogisticPath = (c: number, tolerance?: number) => Promise<LogisticFit>;

export function logisticPath(
  { held, curvature, counts, unit }: PathRows,
  { tolerance, maxIterations, signal }: LogisticSettings,
): LogisticPath {
  const { rows, cols, classes } = held;
  const frequencies = lossOfFrequencies(counts);
  let known: readonly Known[] = [];
  return async (c, share = tolerance) => {
    const penalty = penaltyOf(c, classes, unit);
    const { start = new Float64Array(classes * (cols + 1)), pairs } = beginning(known, c, penalty, classes * cols);
    const minimum = await minimise((model) => penalised(held, model, penalty, signal), start, {
      inverseCurvature: inverseCurvature(curvature, penalty),
      isDone: ({ value, gradient }, expectedFall) => {
        // a loss near that of the frequencies has little to fall from there: what is left is measured by that, down to
        // where rounding would decide
        const whole = Math.max(leastGain * value, Math.min(value, Math.abs(frequencies - value)));
        const certain = Math.max(certainShare, 10 * share) * whole;
        return expectedFall <= share * whole && mostFall(gradient, penalty, classes * cols) <= certain;
      },
      maxIterations,
      pairs,
      signal,
    });
    known = [{ c, penalty, ...minimum }, ...known].slice(0, 2);
    const { x: model, value, iterations, converged } = minimum;
    const trainLoss = (value - penaltySum(model, penalty, classes * cols)) / rows;
    const weightNorm = Math.sqrt(squareSum(model, classes * cols)) / unit;
    return { c, model, trainLoss, weightNorm, iterations, converged };
  };
}

/**
 * L-BFGS expects too little of directions that it has not seen: a loss counts as found only where it cannot fall by more
 * than this share.
 */
const certainShare = 1e-4;

/** A gain over the frequencies that float32 can still tell, as a share of the loss. */
const leastGain = 1e-6;

const wayTolerance = 1e-3;

/**
 * The regression with one C, by way of roughly those with stronger penalties: for rows that can be parted the loss is
 * far less curved than the guess, and from nothing it would take thousands of iterations.
 */
export async function oneRegression(rows: PathRows, c: number, settings: LogisticSettings): Promise<LogisticFit> {
  const path = logisticPath(rows, settings);
  // where the penalty is as curved as the loss in its steepest direction
  const strong = 2 / (rows.curvature.values[0] * rows.unit ** 2);
  const before: number[] = [];
  for (let way = c / 10; way > strong; way /= 10) before.unshift(way);
  let iterations = 0;
  for (const way of before) iterations += (await path(way, wayTolerance)).iterations;
  const fit = await path(c);
  return { ...fit, iterations: iterations + fit.iterations };
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

/** The loss is at least as curved as its penalty, and so it cannot fall by more than this. */
function mostFall(gradient: Float64Array, penalty: number, weights: number): number {
  return squareSum(gradient, weights) / (2 * penalty);
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
  return (penalty * squareSum(model, weights)) / 2;
}

/** Of the first `count` numbers. */
function squareSum(numbers: Float64Array, count: number): number {
  return dot(numbers, 0, numbers, 0, count);
}
