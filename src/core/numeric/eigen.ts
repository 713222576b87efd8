/**
 * Leading eigenpairs of a covariance matrix, in plain typed arrays: pages compute them too.
 *
 * Few pairs of a large matrix come from subspace iteration: a block of vectors, a few wider than asked for, is filtered
 * by a Chebyshev polynomial of the matrix that damps the unwanted end of the spectrum, made orthonormal, and turned
 * into the best approximations that its span holds (Rayleigh-Ritz), until these satisfy A v = lambda v. Many pairs, or
 * those of a spectrum too flat for that, come from the whole decomposition.
 *
 * @see Zhou, Saad, Tiago & Chelikowsky 2006, doi:10.1016/j.jcp.2006.03.017 for the filter
 */
import { ArgumentError, ShapeError } from "../errors.js";
import { addProducts, dot, orthonormaliseSteps } from "./orthonormal.js";
import { seededRandom } from "./random.js";
import { finish, rowRanges, type Steps } from "./steps.js";
import { type Eigenpairs, symmetricEigenpairSteps } from "./tridiagonal.js";

export type { Eigenpairs } from "./tridiagonal.js";

export interface EigenOptions {
  /** start of the iteration: same seed, same bytes @default 0 */
  readonly seed?: number;
  /** largest ||A v - lambda v|| of a pair, as a share of the largest eigenvalue @default 1e-9 */
  readonly tolerance?: number;
  /** rounds of the iteration at most @default 24 */
  readonly maxRounds?: number;
}

/** Vectors beyond those asked for: the iteration converges by the gap behind them, not by the one it is asked for. */
const oversampling = 8;
/** A filter must not stretch one direction more than this over another, or float64 loses the smaller one. */
const maxStretch = 1e8;
const maxDegree = 20;
/** Multiplications of the whole decomposition, in n³: an iteration that has taken as many has lost. */
const wholeWork = 5;
/** Blocks wider than this share of the matrix take longer to converge than the whole decomposition takes. */
const widestShare = 1 / 16;

/**
 * The `count` largest eigenvalues of a symmetric positive semi-definite matrix, and their vectors. Where eigenvalues
 * are equal, or so near that `maxRounds` do not part them, the vectors are an orthonormal basis close to their space.
 *
 * @param a matrix [n, n], symmetric
 * @param count how many pairs, 1 to n
 * @returns values [count] from the largest down, vectors [count, n] one a row
 * @throws ShapeError when `a` does not hold n x n numbers; ArgumentError when count is not in 1..n
 */
export function leadingEigenpairs(a: Float64Array, n: number, count: number, options: EigenOptions = {}): Eigenpairs {
  return finish(leadingEigenpairSteps(a, n, count, options));
}

/** `leadingEigenpairs`, step by step. */
export function* leadingEigenpairSteps(
  a: Float64Array,
  n: number,
  count: number,
  options: EigenOptions = {},
): Steps<Eigenpairs> {
  if (a.length !== n * n) throw new ShapeError("a", `holds ${a.length} numbers where ${n} x ${n} are expected`);
  if (!Number.isInteger(count) || count < 1 || count > n)
    throw new ArgumentError("count", `is ${count}: give a whole number from 1 to ${n}`);
  // addProducts takes rows by four: a width of 12 costs no more than one of 11
  const width = Math.ceil((count + oversampling) / 4) * 4;
  const pairs = width > widestShare * n ? undefined : yield* iterate(a, n, count, width, options);
  return pairs ?? (yield* symmetricEigenpairSteps(a, n, count));
}

/** Undefined where the iteration has taken as long as the whole decomposition would. */
function* iterate(
  a: Float64Array,
  n: number,
  count: number,
  width: number,
  { seed = 0, tolerance = 1e-9, maxRounds = 24 }: EigenOptions,
): Steps<Eigenpairs | undefined> {
  const random = seededRandom(seed);
  let basis: Float64Array = Float64Array.from({ length: width * n }, () => random() - 0.5);
  for (let round = 1, work = 0; ; round++) {
    yield* orthonormaliseSteps(basis, width, n, random);
    const ritz = yield* rayleighRitz(a, basis, width, n);
    if (round >= maxRounds || residual(ritz, count, n) <= tolerance * Math.abs(ritz.values[0]))
      return first(ritz, count, n);
    const degree = filterDegree(ritz.values[0], ritz.values[width - 1]);
    work += degree * width * n * n;
    if (work > wholeWork * n ** 3) return undefined;
    basis = yield* filter(a, ritz, degree, width, n);
  }
}

/** rows [width, n] times the symmetric matrix a [n, n] */
function* multiply(rows: Float64Array, a: Float64Array, width: number, n: number): Steps<Float64Array> {
  const out = new Float64Array(width * n);
  for (const { from, to } of rowRanges(n, width * n)) {
    addProducts(out, rows, width, a, n, from, to);
    yield;
  }
  return out;
}

/** Ritz pairs of the span of `basis`, with the matrix times each vector. */
interface RitzPairs extends Eigenpairs {
  images: Float64Array;
}

function* rayleighRitz(a: Float64Array, basis: Float64Array, width: number, n: number): Steps<RitzPairs> {
  const images = yield* multiply(basis, a, width, n);
  const small = new Float64Array(width * width);
  for (let p = 0; p < width; p++) {
    for (let q = 0; q <= p; q++) {
      const value = (dot(basis, p * n, images, q * n, n) + dot(basis, q * n, images, p * n, n)) / 2;
      small[p * width + q] = value;
      small[q * width + p] = value;
    }
    yield;
  }
  const { values, vectors } = yield* symmetricEigenpairSteps(small, width, width);
  return {
    values,
    vectors: yield* combine(vectors, basis, width, n),
    images: yield* combine(vectors, images, width, n),
  };
}

/** weights [width, width] times rows [width, n] */
function* combine(weights: Float64Array, rows: Float64Array, width: number, n: number): Steps<Float64Array> {
  const out = new Float64Array(width * n);
  for (let p = 0; p < width; p++) {
    for (let q = 0; q < width; q++) {
      const w = weights[p * width + q];
      for (let i = 0; i < n; i++) out[p * n + i] += w * rows[q * n + i];
    }
    yield;
  }
  return out;
}

function residual({ values, vectors, images }: RitzPairs, count: number, n: number): number {
  let worst = 0;
  for (let k = 0; k < count; k++) {
    let sum = 0;
    for (let i = k * n; i < (k + 1) * n; i++) sum += (images[i] - values[k] * vectors[i]) ** 2;
    worst = Math.max(worst, Math.sqrt(sum));
  }
  return worst;
}

/** Nothing is left to damp where the block spans all that the matrix has. */
function spansAll(largest: number, edge: number): boolean {
  return !(edge > 1e-13 * largest);
}

/** The Ritz vectors under T_degree(2 A / edge - 1), which is at most 1 on 0..edge and grows fast above it. */
function* filter(a: Float64Array, ritz: RitzPairs, degree: number, width: number, n: number): Steps<Float64Array> {
  const edge = ritz.values[width - 1];
  if (spansAll(ritz.values[0], edge)) return ritz.images;
  const shifted = (images: Float64Array, rows: Float64Array) => images.map((y, i) => (2 / edge) * y - rows[i]);
  let previous = ritz.vectors;
  let current = shifted(ritz.images, previous);
  for (let left = degree; left > 1; left--) {
    const next = shifted(yield* multiply(current, a, width, n), current);
    for (let i = 0; i < next.length; i++) next[i] = 2 * next[i] - previous[i];
    previous = current;
    current = next;
  }
  return current;
}

function filterDegree(largest: number, edge: number): number {
  if (spansAll(largest, edge)) return 1;
  const x = (2 * largest) / edge - 1;
  const growth = Math.log(x + Math.sqrt(Math.max(0, x * x - 1)));
  return Math.max(1, Math.min(maxDegree, Math.floor(Math.log(maxStretch) / growth)));
}

function first({ values, vectors }: Eigenpairs, count: number, n: number): Eigenpairs {
  return { values: values.slice(0, count), vectors: vectors.slice(0, count * n) };
}
