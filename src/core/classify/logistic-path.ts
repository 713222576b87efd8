/**
 * Multinomial logistic regressions of the same rows with weaker and weaker penalties, each begun where those before it
 * point to.
 */
import { type CurvaturePair, type Evaluation, minimise } from "./lbfgs.js";
import type { HeldRows } from "./logistic-loss.js";
import type { Whitening } from "./whitening.js";

export interface LogisticFit {
  readonly c: number;
  /** [classes, axes + 1], in whitened coordinates */
  readonly weights: Float64Array;
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

/** How often each class occurs is all that a model without weights knows: the sum of its cross-entropies. */
function lossOfPriors(counts: readonly number[]): number {
  const rows = counts.reduce((sum, n) => sum + n, 0);
  return counts.reduce((sum, n) => sum - n * Math.log(n / rows), 0);
}

/** The regressions of some rows by C; give rising ones. */
export function logisticPath(
  held: HeldRows,
  { deviations }: Whitening,
  counts: readonly number[],
  { tolerance, maxIterations, signal }: LogisticSettings,
): (c: number) => Promise<LogisticFit> {
  const { rows, cols, classes } = held;
  const priors = lossOfPriors(counts);
  // a loss near that of the priors, or near 0, has little to fall: what is left is measured by that
  const enough = (value: number) => tolerance * Math.min(value, Math.abs(priors - value));
  let known: Known[] = [];
  return async (c) => {
    const penalty = penaltyOf(c, deviations, classes);
    // the second derivatives of a row's cross-entropy are at most half its outer product (Böhning 1992)
    const inverseCurvature = penalty.map((p) => 1 / (rows / 2 + p));
    const { start, pairs } = beginning(known, penalty);
    const minimum = await minimise(
      (w) => penalised(held, w, penalty, signal),
      start ?? new Float64Array(classes * cols),
      {
        inverseCurvature,
        enough,
        maxIterations,
        pairs,
        signal,
      },
    );
    known = [{ logC: Math.log(c), penalty, ...minimum }, ...known].slice(0, 2);
    const { x: weights, iterations, converged, value } = minimum;
    return { c, weights, trainLoss: (value - penaltySum(weights, penalty)) / rows, iterations, converged };
  };
}

interface Known {
  readonly logC: number;
  readonly penalty: Float64Array;
  readonly x: Float64Array;
  readonly pairs: readonly CurvaturePair[];
}

/**
 * The weights move almost evenly with the logarithm of C, and the loss is as curved as it was: only the penalty is
 * another one.
 */
function beginning([last, before]: readonly Known[], penalty: Float64Array) {
  if (!last) return { pairs: [] };
  const pairs = last.pairs.map(({ step, change }) => ({
    step,
    change: change.map((v, i) => v + (penalty[i] - last.penalty[i]) * step[i]),
  }));
  return { start: before ? last.x.map((v, i) => 2 * v - before.x[i]) : last.x, pairs };
}

/** 1 / C for each weight as it was before whitening, 0 for the biases. */
function penaltyOf(c: number, deviations: Float64Array, classes: number): Float64Array {
  const cols = deviations.length + 1;
  // with two classes scikit-learn has one vector, of which these are the half and its opposite
  const strength = (classes === 2 ? 2 : 1) / c;
  return Float64Array.from({ length: classes * cols }, (_, i) =>
    i % cols === cols - 1 ? 0 : strength / deviations[i % cols] ** 2,
  );
}

async function penalised(
  held: HeldRows,
  weights: Float64Array,
  penalty: Float64Array,
  signal: AbortSignal | undefined,
): Promise<Evaluation> {
  const { value, gradient } = await held.evaluate(weights, signal);
  for (let i = 0; i < gradient.length; i++) gradient[i] += penalty[i] * weights[i];
  return { value: value + penaltySum(weights, penalty), gradient };
}

function penaltySum(weights: Float64Array, penalty: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += penalty[i] * weights[i] * weights[i];
  return sum / 2;
}
