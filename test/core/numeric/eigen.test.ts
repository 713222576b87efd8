import assert from "node:assert/strict";
import fc from "fast-check";
import { covariance } from "#dist/core/numeric/covariance.js";
import { leadingEigenpairs } from "#dist/core/numeric/eigen.js";
import { seededRandom } from "#dist/core/numeric/random.js";
import { finish } from "#dist/core/numeric/steps.js";
import { symmetricEigenpairs, symmetricEigenvalueSteps } from "#dist/core/numeric/tridiagonal.js";
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
  const { vectors } = symmetricEigenpairs(full, n);
  const a = new Float64Array(n * n);
  spectrum.forEach((value, k) => {
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) a[i * n + j] += value * vectors[k * n + i] * vectors[k * n + j];
  });
  return a;
}

describe("symmetricEigenpairs(a, n)", () => {
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
          const { values, vectors } = symmetricEigenpairs(a, n);
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
    assertClose(symmetricEigenpairs(Float64Array.of(2, 1, 1, 2), 2).values, [3, 1], 1e-15);
  });
});

describe("symmetricEigenvalueSteps(a, n)", () => {
  it("gives the values of symmetricEigenpairs, and leaves its argument as it was", () => {
    for (const n of [1, 2, 7, 40]) {
      const { covariance: a } = covariance(normalMatrix(n + 2, n, n));
      const before = a.slice();
      const values = finish(symmetricEigenvalueSteps(a, n));
      assert.deepEqual(values, symmetricEigenpairs(a, n).values);
      assert.deepEqual(a, before);
    }
  });
});

describe("symmetricEigenpairs(a, n), special matrices", () => {
  it("takes matrices apart whose parts do not touch", () => {
    const a = Float64Array.of(1, 0, 0, 0, 0, 4, 0, 2, 0, 0, 3, 0, 0, 2, 0, 1);
    const { values, vectors } = symmetricEigenpairs(a, 4);
    const root = Math.sqrt(2.25 + 4);
    assertClose(values, [2.5 + root, 3, 1, 2.5 - root], 1e-15);
    assertOrthonormal(vectors, 4, 4);
    assert.ok(worstResidual(a, 4, values, vectors) < 1e-15);
  });

  it("has the eigenvalues 2 - 2 cos(k pi / (n + 1)) for second differences", () => {
    const n = 50;
    const a = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      a[i * n + i] = 2;
      if (i > 0) a[i * n + i - 1] = a[(i - 1) * n + i] = -1;
    }
    const expected = Array.from({ length: n }, (_, k) => 2 - 2 * Math.cos(((n - k) * Math.PI) / (n + 1)));
    assertClose(symmetricEigenpairs(a, n).values, expected, 1e-14);
  });

  it("leaves its argument as it was, and takes the identity and zero for what they are", () => {
    const identity = Float64Array.of(1, 0, 0, 1);
    assert.deepEqual(symmetricEigenpairs(identity, 2), { values: Float64Array.of(1, 1), vectors: identity });
    assert.deepEqual([...symmetricEigenpairs(new Float64Array(9), 3).values], [0, 0, 0]);
    const a = Float64Array.of(2, 1, 1, 2);
    symmetricEigenpairs(a, 2);
    assert.deepEqual([...a], [2, 1, 1, 2]);
  });
});

describe("leadingEigenpairs(a, n, count)", () => {
  it("agrees with the whole decomposition", () => {
    const n = 280;
    const { covariance: a } = covariance(normalMatrix(400, n, 3));
    const all = symmetricEigenpairs(a, n);
    const some = leadingEigenpairs(a, n, 5);
    assertClose(some.values, all.values.slice(0, 5), 1e-12);
    assert.ok(worstResidual(a, n, some.values, some.vectors) < 1e-9);
  });

  it("converges on spectra that are geometric, flat, or of low rank", () => {
    const n = 240;
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
    const n = 240;
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
    const n = 240;
    const identity = Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));
    assertOrthonormal(leadingEigenpairs(identity, n, 3).vectors, 3, n);
    const { values, vectors } = leadingEigenpairs(new Float64Array(n * n), n, 3);
    assert.deepEqual([...values], [0, 0, 0]);
    assertOrthonormal(vectors, 3, n);
  });

  it("gives the same bytes for the same seed", () => {
    const { covariance: a } = covariance(normalMatrix(300, 240, 1));
    assert.deepEqual(leadingEigenpairs(a, 240, 3, { seed: 4 }), leadingEigenpairs(a, 240, 3, { seed: 4 }));
    assert.notDeepEqual(leadingEigenpairs(a, 240, 3, { seed: 4 }), leadingEigenpairs(a, 240, 3, { seed: 5 }));
  });

  it("gives many pairs, and those of spectra too flat for the iteration, as the whole decomposition does", () => {
    const n = 240;
    const flat = withSpectrum(
      Array.from({ length: n }, (_, k) => 1 - k * 1e-6),
      7,
    );
    for (const count of [3, 100, n]) {
      const all = symmetricEigenpairs(flat, n);
      const { values, vectors } = leadingEigenpairs(flat, n, count);
      assert.deepEqual(values, all.values.slice(0, count));
      assert.deepEqual(vectors, all.vectors.slice(0, count * n));
    }
  });

  it("rejects a count that the matrix does not have, and sizes that do not fit", () => {
    assert.throws(() => leadingEigenpairs(new Float64Array(4), 2, 3), { name: "ArgumentError", argument: "count" });
    assert.throws(() => leadingEigenpairs(new Float64Array(5), 2, 1), { name: "ShapeError", argument: "a" });
  });
});
