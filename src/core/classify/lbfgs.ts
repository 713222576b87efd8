/**
 * Minimises a smooth convex function of many numbers by L-BFGS, for functions that are computed elsewhere and to less
 * than float64's precision.
 *
 * @see Nocedal & Wright, Numerical Optimization (2006), algorithm 7.4 for the directions; Lewis & Overton 2013,
 *   doi:10.1007/s10107-012-0514-2, for the line search; Hager & Zhang 2005, doi:10.1137/030601880, for how rounding is
 *   allowed for
 */
import { dot } from "../numeric/orthonormal.js";

/** A function at one place. */
export interface Evaluation {
  readonly value: number;
  readonly gradient: Float64Array;
}

/** How the gradient changed along a step: what is known of the curvature. */
export interface CurvaturePair {
  readonly step: Float64Array;
  readonly change: Float64Array;
}

export interface MinimiseOptions {
  /** the inverse of a first guess of the function's second derivatives, times a vector; symmetric and positive */
  readonly inverseCurvature: (vector: Float64Array) => Float64Array;
  /** whether to end at a place from which the value is expected to fall by so much in the next iteration */
  readonly isDone: (at: Evaluation, expectedFall: number) => boolean;
  readonly maxIterations: number;
  /** what is known of the curvature to begin with, the latest last @default nothing */
  readonly pairs?: readonly CurvaturePair[];
  /** pairs that are kept @default 10 */
  readonly memory?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Minimum extends Evaluation {
  readonly x: Float64Array;
  readonly iterations: number;
  /** false where `maxIterations` came first, or the value's rounding hides the rest of the way */
  readonly converged: boolean;
  readonly pairs: readonly CurvaturePair[];
}

/** The share of the slope by which a step must lower the value, and the share of it that may be left at its end. */
const leastFall = 1e-4;
const mostSlopeLeft = 0.9;
/** The value's rounding, as a share of it: sums of float32 numbers. */
const rounding = 1e-7;
const mostTries = 20;
/** Iterations without a new lowest value after which rounding alone is at work. */
const mostIdle = 20;

/** @throws the signal's reason when it is aborted between two evaluations, and what `evaluate` throws */
export async function minimise(
  evaluate: (x: Float64Array) => Promise<Evaluation>,
  start: Float64Array,
  options: MinimiseOptions,
): Promise<Minimum> {
  const { inverseCurvature, isDone, maxIterations, memory = 10, signal } = options;
  const pairs = [...(options.pairs ?? [])];
  let at: Place = { x: start, ...(await evaluate(start)) };
  let [lowest, idle] = [at.value, 0];
  for (let iterations = 0; ; iterations++) {
    signal?.throwIfAborted();
    const direction = descent(at.gradient, pairs, inverseCurvature, scaleOf(pairs.at(-1), inverseCurvature));
    const slope = product(direction, at.gradient);
    const converged = isDone(at, -slope / 2);
    if (converged || iterations >= maxIterations || idle >= mostIdle) return { ...at, iterations, converged, pairs };
    const next = await search(evaluate, at, direction, slope, signal);
    if (!next) return { ...at, iterations, converged: false, pairs };
    remember(pairs, { step: minus(next.x, at.x), change: minus(next.gradient, at.gradient) }, memory);
    at = next;
    idle = at.value < lowest ? 0 : idle + 1;
    lowest = Math.min(lowest, at.value);
  }
}

interface Place extends Evaluation {
  readonly x: Float64Array;
}

/** A place along the direction that is lower and less steep; undefined where rounding hides any. */
async function search(
  evaluate: (x: Float64Array) => Promise<Evaluation>,
  from: Place,
  direction: Float64Array,
  slope: number,
  signal: AbortSignal | undefined,
): Promise<Place | undefined> {
  const allowance = rounding * Math.abs(from.value);
  let low: Point = { length: 0, slope };
  let high: Point | undefined;
  let length = 1;
  let best: Place | undefined;
  for (let tries = 0; tries < mostTries; tries++) {
    signal?.throwIfAborted();
    const x = from.x.map((v, i) => v + length * direction[i]);
    const next = { x, ...(await evaluate(x)) };
    const point = { length, slope: product(next.gradient, direction) };
    const fell = next.value <= from.value + leastFall * length * slope + allowance;
    if (fell && point.slope >= mostSlopeLeft * slope) return next;
    if (fell) [low, best] = [point, next];
    else high = point;
    length = high ? between(low, high) : beyond(low, slope);
  }
  return best;
}

/** A length along a direction, and the slope there. */
interface Point {
  readonly length: number;
  readonly slope: number;
}

/** Where a straight line through both slopes is 0, but not too near either end; a tenth of the way where there is no such line. */
function between(low: Point, high: Point): number {
  const width = high.length - low.length;
  const share = high.slope > 0 ? -low.slope / (high.slope - low.slope) : Number.NaN;
  return low.length + width * (Number.isFinite(share) ? Math.min(0.9, Math.max(1e-3, share)) : 0.1);
}

/** The same for slopes at 0 and at a length that is too short: 2 to 100 times as far. */
function beyond({ length, slope }: Point, first: number): number {
  const factor = first / (first - slope);
  return length * (factor > 2 ? Math.min(100, factor) : factor > 0 ? 2 : 100);
}

/** Minus the inverse curvature times the gradient, by the two loops of L-BFGS. */
function descent(
  gradient: Float64Array,
  pairs: readonly CurvaturePair[],
  inverse: MinimiseOptions["inverseCurvature"],
  scale: number,
): Float64Array {
  const rest = gradient.map((g) => -g);
  const shares = new Float64Array(pairs.length);
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { step, change } = pairs[k];
    shares[k] = product(step, rest) / product(step, change);
    add(rest, -shares[k], change);
  }
  const direction = inverse(rest);
  for (let i = 0; i < direction.length; i++) direction[i] *= scale;
  for (let k = 0; k < pairs.length; k++) {
    const { step, change } = pairs[k];
    add(direction, shares[k] - product(change, direction) / product(step, change), step);
  }
  return direction;
}

/** What the first guess must be multiplied by to agree with the latest curvature seen. */
function scaleOf(latest: CurvaturePair | undefined, inverse: MinimiseOptions["inverseCurvature"]): number {
  if (!latest) return 1;
  const { step, change } = latest;
  return product(step, change) / product(change, inverse(change));
}

function remember(pairs: CurvaturePair[], pair: CurvaturePair, memory: number): void {
  // rounding can hide that the function is convex
  const curvature = product(pair.step, pair.change);
  if (!(curvature > 0)) return;
  pairs.push(pair);
  if (pairs.length > memory) pairs.shift();
}

function product(a: Float64Array, b: Float64Array): number {
  return dot(a, 0, b, 0, a.length);
}

function minus(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((v, i) => v - b[i]);
}

function add(to: Float64Array, factor: number, what: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i] += factor * what[i];
}
