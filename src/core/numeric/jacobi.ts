/** All eigenpairs of a small symmetric matrix, by cyclic Jacobi rotations. */

/** Eigenvalues from the largest down; vector k is `vectors[k * n] … vectors[k * n + n - 1]`, of length 1. */
export interface Eigenpairs {
  values: Float64Array;
  vectors: Float64Array;
}

const maxSweeps = 60;

/**
 * Every eigenpair of a symmetric matrix. Takes time in n^3 per sweep and some ten sweeps: meant for n up to about 200.
 *
 * @param a symmetric matrix [n, n], not changed
 * @returns values [n] from the largest down, vectors [n, n] one a row
 * @see Golub & Van Loan, Matrix Computations, section 8.5
 */
export function jacobiEigenpairs(a: Float64Array, n: number): Eigenpairs {
  const m = a.slice();
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  const enough = 1e-30 * squaredNorm(m);
  for (let sweep = 0; sweep < maxSweeps && offDiagonal(m, n) > enough; sweep++)
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(m, v, n, p, q);
  return sorted(m, v, n);
}

function squaredNorm(m: Float64Array): number {
  let sum = 0;
  for (const x of m) sum += x * x;
  return sum;
}

function offDiagonal(m: Float64Array, n: number): number {
  let sum = 0;
  for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) sum += m[p * n + q] * m[p * n + q];
  return 2 * sum;
}

/** Turns the plane (p, q) so that entry (p, q) becomes 0, and the rows of `v` with it. */
function rotate(m: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const apq = m[p * n + q];
  if (apq === 0) return;
  const theta = (m[q * n + q] - m[p * n + p]) / (2 * apq);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < n; k++) {
    const x = m[k * n + p];
    const y = m[k * n + q];
    m[k * n + p] = c * x - s * y;
    m[k * n + q] = s * x + c * y;
  }
  rotateRows(m, n, p, q, c, s);
  rotateRows(v, n, p, q, c, s);
}

function rotateRows(m: Float64Array, n: number, p: number, q: number, c: number, s: number): void {
  for (let k = 0; k < n; k++) {
    const x = m[p * n + k];
    const y = m[q * n + k];
    m[p * n + k] = c * x - s * y;
    m[q * n + k] = s * x + c * y;
  }
}

function sorted(m: Float64Array, v: Float64Array, n: number): Eigenpairs {
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => m[j * n + j] - m[i * n + i] || i - j);
  const values = Float64Array.from(order, (i) => m[i * n + i]);
  const vectors = new Float64Array(n * n);
  order.forEach((i, k) => {
    vectors.set(v.subarray(i * n, (i + 1) * n), k * n);
  });
  return { values, vectors };
}
