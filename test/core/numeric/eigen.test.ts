import assert from "node:assert/strict";
import fc from "fast-check";
import { covariance } from "#dist/core/numeric/covariance.js";
import { leadingEigenpairs } from "#dist/core/numeric/eigen.js";
import { jacobiEigenpairs } from "#dist/core/numeric/jacobi.js";
import { seededRandom } from "#dist/core/numeric/random.js";
import { assertClose, normalMatrix } from "../../support/samples.js";

/** The largest entry of A v - lambda v, over all pairs, as a share of the largest eigenvalue. */
function worstResidual(a: Float64Array, n: number, values: Float64Array, vectors: Float64Array): number {
  let worst = 0;
  values.forEach((value, k) => {
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += a[i * n + j] * vectors[k * n + j];
      worst = Math.max(worst, Math.abs(sum - value * vectors[k * n + i]));
    }
  });
  return worst / Math.abs(values[0]);
}

function assertOrthonormal(vectors: Float64Array, count: number, n: number): void {
  for (let p = 0; p < count; p++)
    for (let q = 0; q <= p; q++) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += vectors[p * n + i] * vectors[q * n + i];
      assert.ok(Math.abs(sum - (p === q ? 1 : 0)) < 1e-12, `vectors ${p} and ${q} have the product ${sum}`);
    }
}

/** A symmetric matrix with the given eigenvalues and random eigenvectors. */
function withSpectrum(spectrum: readonly number[], seed: number): Float64Array {
  const n = spectrum.length;
  const { covariance: full } = covariance(normalMatrix(2 * n, n, seed, { deviation: () => 1 }));
  const { vectors } = jacobiEigenpairs(full, n);
  const a = new Float64Array(n * n);
  spectrum.forEach((value, k) => {
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) a[i * n + j] += value * vectors[k * n + i] * vectors[k * n + j];
  });
  return a;
}

describe("jacobiEigenpairs(a, n)", () => {
  it("satisfies A v = lambda v with orthonormal vectors for any symmetric matrix, whatever its scale", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer(),
        fc.integer({ min: -30, max: 30 }),
        (n, seed, power) => {
          const random = seededRandom(seed);
          const a = new Float64Array(n * n);
          for (let i = 0; i < n; i++)
            for (let j = 0; j <= i; j++) a[i * n + j] = a[j * n + i] = (random() - 0.5) * 10 ** power;
          const { values, vectors } = jacobiEigenpairs(a, n);
          assertOrthonormal(vectors, n, n);
          const largest = Math.max(...values.map(Math.abs));
          assert.ok((worstResidual(a, n, values, vectors) * Math.abs(values[0])) / largest < 1e-13);
          assert.deepEqual(
            [...values],
            [...values].sort((x, y) => y - x),
          );
        },
      ),
      { numRuns: 50 },
    );
  });

  it("knows the eigenvalues of [[2, 1], [1, 2]]", () => {
    assertClose(jacobiEigenpairs(Float64Array.of(2, 1, 1, 2), 2).values, [3, 1], 1e-15);
  });
});

describe("leadingEigenpairs(a, n, count)", () => {
  it("agrees with Jacobi on the whole matrix", () => {
    const n = 60;
    const { covariance: a } = covariance(normalMatrix(400, n, 3));
    const all = jacobiEigenpairs(a, n);
    const some = leadingEigenpairs(a, n, 5);
    assertClose(some.values, all.values.slice(0, 5), 1e-12);
    assert.ok(worstResidual(a, n, some.values, some.vectors) < 1e-9);
  });

  it("converges on spectra that are geometric, flat, or of low rank", () => {
    const n = 70;
    const spectra = {
      geometric: Array.from({ length: n }, (_, k) => 0.7 ** k),
      flat: Array.from({ length: n }, (_, k) => 1 + (n - k) / 1000),
      lowRank: Array.from({ length: n }, (_, k) => (k < 2 ? 2 - k : 0)),
    };
    for (const [name, spectrum] of Object.entries(spectra)) {
      const a = withSpectrum(spectrum, 5);
      const { values, vectors } = leadingEigenpairs(a, n, 4);
      assertOrthonormal(vectors, 4, n);
      assertClose(values, spectrum.slice(0, 4), 1e-8);
      assert.ok(worstResidual(a, n, values, vectors) < 2e-9, name);
    }
  });

  it("gives orthonormal vectors of the right space where eigenvalues are equal", () => {
    const n = 50;
    const a = withSpectrum(
      Array.from({ length: n }, (_, k) => (k < 3 ? 5 : 1)),
      9,
    );
    const { values, vectors } = leadingEigenpairs(a, n, 2);
    assertClose(values, [5, 5], 1e-12);
    assertOrthonormal(vectors, 2, n);
    assert.ok(worstResidual(a, n, values, vectors) < 1e-9);
  });

  it("returns for the identity and for the zero matrix, whose vectors are free", () => {
    const n = 40;
    const identity = Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));
    assertOrthonormal(leadingEigenpairs(identity, n, 3).vectors, 3, n);
    const { values, vectors } = leadingEigenpairs(new Float64Array(n * n), n, 3);
    assert.deepEqual([...values], [0, 0, 0]);
    assertOrthonormal(vectors, 3, n);
  });

  it("gives the same bytes for the same seed", () => {
    const { covariance: a } = covariance(normalMatrix(200, 40, 1));
    assert.deepEqual(leadingEigenpairs(a, 40, 3, { seed: 4 }), leadingEigenpairs(a, 40, 3, { seed: 4 }));
    assert.notDeepEqual(leadingEigenpairs(a, 40, 3, { seed: 4 }), leadingEigenpairs(a, 40, 3, { seed: 5 }));
  });

  it("rejects a count that the matrix does not have, and sizes that do not fit", () => {
    assert.throws(() => leadingEigenpairs(new Float64Array(4), 2, 3), { name: "ArgumentError", argument: "count" });
    assert.throws(() => leadingEigenpairs(new Float64Array(5), 2, 1), { name: "ShapeError", argument: "a" });
  });
});
