/** Blocks of vectors, one a row, in float64: products and Gram-Schmidt. */
import type { Random } from "./random.js";
import type { Steps } from "./steps.js";

/** The inner product of `n` numbers of `a` from `i` and of `b` from `j`. */
export function dot(a: Float64Array, i: number, b: Float64Array, j: number, n: number): number {
  let sum = 0;
  for (let k = 0; k < n; k++) sum += a[i + k] * b[j + k];
  return sum;
}

/**
 * Adds rows [count, n] times the transpose of rows from … to of m [outputs, n] into `out` [count, outputs]. Four rows
 * share each pass over `m`: its numbers are read once for four sums that do not wait for each other.
 */
export function addProducts(
  out: Float64Array,
  rows: Float64Array,
  count: number,
  m: Float64Array,
  n: number,
  from: number,
  to: number,
): void {
  const outputs = out.length / count;
  const whole = count - (count % 4);
  for (let i = from; i < to; i++) {
    const start = i * n;
    for (let p = 0; p < whole; p += 4) {
      const [r0, r1, r2, r3] = [p * n, (p + 1) * n, (p + 2) * n, (p + 3) * n];
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      for (let j = 0; j < n; j++) {
        const x = m[start + j];
        s0 += x * rows[r0 + j];
        s1 += x * rows[r1 + j];
        s2 += x * rows[r2 + j];
        s3 += x * rows[r3 + j];
      }
      out[p * outputs + i] += s0;
      out[(p + 1) * outputs + i] += s1;
      out[(p + 2) * outputs + i] += s2;
      out[(p + 3) * outputs + i] += s3;
    }
    for (let p = whole; p < count; p++) out[p * outputs + i] += dot(m, start, rows, p * n, n);
  }
}

/**
 * Makes the rows of `block` [count, n] orthonormal in place, count <= n. A row that lies in the span of those before
 * it is replaced by a random one, so that rank-deficient blocks come out full.
 */
export function* orthonormaliseSteps(block: Float64Array, count: number, n: number, random: Random): Steps<void> {
  for (let p = 0; p < count; p++) {
    while (!becameUnit(block, p, n)) for (let i = p * n; i < (p + 1) * n; i++) block[i] = random() - 0.5;
    yield;
  }
}

function becameUnit(block: Float64Array, p: number, n: number): boolean {
  const at = p * n;
  const before = Math.sqrt(dot(block, at, block, at, n));
  // the second pass removes what rounding left of the first: "twice is enough" (Kahan, in Parlett 1980)
  for (let pass = 0; pass < 2; pass++)
    for (let q = 0; q < p; q++) {
      const s = dot(block, at, block, q * n, n);
      for (let i = 0; i < n; i++) block[at + i] -= s * block[q * n + i];
    }
  const after = Math.sqrt(dot(block, at, block, at, n));
  if (!(after > 1e-12 * before)) return false;
  for (let i = at; i < at + n; i++) block[i] /= after;
  return true;
}
