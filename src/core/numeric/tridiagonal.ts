/**
 * Eigenpairs of a symmetric matrix by way of a tridiagonal one: reflections turn A into T = Qᵀ A Q, whose eigenpairs
 * the QL iteration finds. Takes time in n³, whatever the spectrum; half a second for n = 768.
 *
 * @see Golub & Van Loan, Matrix Computations, sections 8.3.1 and 8.3.5; Dubrulle, Martin & Wilkinson 1968,
 *   doi:10.1007/BF02165404, for the implicit shift
 */
import { dot } from "./orthonormal.js";
import { finish, type Steps } from "./steps.js";

/** Eigenvalues from the largest down; vector k is `vectors[k * n] … vectors[k * n + n - 1]`, of length 1. */
export interface Eigenpairs {
  values: Float64Array;
  vectors: Float64Array;
}

/**
 * The `count` largest eigenvalues of a symmetric matrix and their vectors, to the rounding of the largest.
 *
 * @param a symmetric matrix [n, n], not changed
 * @param count how many pairs to return @default all
 * @returns values [count] from the largest down, vectors [count, n] one a row
 */
export function symmetricEigenpairs(a: Float64Array, n: number, count: number = n): Eigenpairs {
  return finish(symmetricEigenpairSteps(a, n, count));
}

/** `symmetricEigenpairs`, step by step. */
export function* symmetricEigenpairSteps(a: Float64Array, n: number, count: number): Steps<Eigenpairs> {
  const reduced = yield* tridiagonalise(a.slice(), n);
  const rows = new Float64Array(n * n);
  for (let i = 0; i < n; i++) rows[i * n + i] = 1;
  yield* diagonalise(reduced, n, rows);
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => reduced.d[j] - reduced.d[i] || i - j);
  const vectors = new Float64Array(count * n);
  for (let k = 0; k < count; k++) {
    vectors.set(rows.subarray(order[k] * n, (order[k] + 1) * n), k * n);
    reflectBack(reduced, vectors, k * n, n);
    yield;
  }
  return { values: Float64Array.from({ length: count }, (_, k) => reduced.d[order[k]]), vectors };
}

/** The eigenvalues alone, from the largest down, step by step: a quarter of the work. */
export function* symmetricEigenvalueSteps(a: Float64Array, n: number): Steps<Float64Array> {
  const reduced = yield* tridiagonalise(a.slice(), n);
  yield* diagonalise(reduced, n);
  return reduced.d.sort().reverse();
}

interface Tridiagonal {
  /** diagonal [n] */
  d: Float64Array;
  /** entries beside it: e[i] couples i and i + 1 */
  e: Float64Array;
  /** row i holds, in its first i numbers, the vector v of the reflection I - v vᵀ / h[i] */
  reflectors: Float64Array;
  h: Float64Array;
}

/** Reflects the last row onto the diagonal and the entry before it, then the one above it, in place. */
function* tridiagonalise(m: Float64Array, n: number): Steps<Tridiagonal> {
  const [d, e, h] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  const w = new Float64Array(n);
  for (let i = n - 1; i > 0; i--) {
    const at = i * n;
    const last = m[at + i - 1];
    const length = Math.sqrt(dot(m, at, m, at, i));
    const rest = Math.sqrt(dot(m, at, m, at, i - 1));
    if (rest === 0) {
      e[i - 1] = last;
      continue;
    }
    // away from zero, so that nothing cancels
    const image = last > 0 ? -length : length;
    e[i - 1] = image;
    m[at + i - 1] = last - image;
    h[i] = length * (length + Math.abs(last));
    reflectBothSides(m, n, i, h[i], w);
    yield;
  }
  for (let i = 0; i < n; i++) d[i] = m[i * n + i];
  return { d, e, h, reflectors: m };
}

/** The leading i x i block under the reflection held in row i, in its lower triangle: A - v wᵀ - w vᵀ. */
function reflectBothSides(m: Float64Array, n: number, i: number, h: number, w: Float64Array): void {
  const v = m.subarray(i * n, i * n + i);
  w.fill(0, 0, i);
  for (let r = 0; r < i; r++) {
    const at = r * n;
    const vr = v[r];
    let sum = m[at + r] * vr;
    for (let c = 0; c < r; c++) {
      const x = m[at + c];
      sum += x * v[c];
      w[c] += x * vr;
    }
    w[r] += sum;
  }
  let along = 0;
  for (let r = 0; r < i; r++) along += w[r] * v[r];
  const half = along / (2 * h);
  for (let r = 0; r < i; r++) w[r] = (w[r] - half * v[r]) / h;
  for (let r = 0; r < i; r++) {
    const at = r * n;
    const vr = v[r];
    const wr = w[r];
    for (let c = 0; c <= r; c++) m[at + c] -= vr * w[c] + wr * v[c];
  }
}

/** Turns a vector of T, which begins at `at`, into one of A. */
function reflectBack({ reflectors, h }: Tridiagonal, vectors: Float64Array, at: number, n: number): void {
  for (let i = 1; i < n; i++) {
    if (h[i] === 0) continue;
    const v = i * n;
    const s = dot(reflectors, v, vectors, at, i) / h[i];
    for (let j = 0; j < i; j++) vectors[at + j] -= s * reflectors[v + j];
  }
}

/** Sweeps for one eigenvalue; two are the rule. */
const maxSweeps = 60;

/** Leaves the eigenvalues in `d`; turns the rows [n, n] of the unit matrix, where given, into their vectors. */
function* diagonalise({ d, e }: Tridiagonal, n: number, rows?: Float64Array): Steps<void> {
  let norm = 0;
  for (let i = 0; i < n; i++) norm = Math.max(norm, Math.abs(d[i]) + Math.abs(e[i]));
  const nothing = (Number.EPSILON / 2) * norm;
  for (let last = n - 1; last > 0; last--) {
    for (let sweep = 0; sweep < maxSweeps && Math.abs(e[last - 1]) > nothing; sweep++) {
      let first = last - 1;
      while (first > 0 && Math.abs(e[first - 1]) > nothing) first--;
      sweepDown(d, e, rows, first, last, n);
      yield;
    }
  }
}

/** One step of the QR iteration on first … last: a shift near the last eigenvalue, and its bulge chased down. */
function sweepDown(
  d: Float64Array,
  e: Float64Array,
  rows: Float64Array | undefined,
  first: number,
  last: number,
  n: number,
): void {
  const half = (d[last - 1] - d[last]) / 2;
  const beside = e[last - 1];
  const shift = d[last] - beside * (beside / (half + (half < 0 ? -1 : 1) * Math.hypot(half, beside)));
  let x = d[first] - shift;
  let bulge = e[first];
  for (let k = first; k < last; k++) {
    const r = Math.hypot(x, bulge);
    const [c, s] = r > 0 ? [x / r, bulge / r] : [1, 0];
    if (k > first) e[k - 1] = r;
    const [p, q, b] = [d[k], d[k + 1], e[k]];
    d[k] = c * c * p + 2 * c * s * b + s * s * q;
    d[k + 1] = s * s * p - 2 * c * s * b + c * c * q;
    e[k] = c * s * (q - p) + (c * c - s * s) * b;
    if (k + 1 < last) {
      x = e[k];
      bulge = s * e[k + 1];
      e[k + 1] *= c;
    }
    if (rows) rotateRows(rows, k * n, n, c, s);
  }
}

/** Turns the row at `at` and the one below it in their plane. */
function rotateRows(rows: Float64Array, at: number, n: number, c: number, s: number): void {
  for (let k = at; k < at + n; k++) {
    const x = rows[k];
    const y = rows[k + n];
    rows[k] = c * x + s * y;
    rows[k + n] = c * y - s * x;
  }
}
