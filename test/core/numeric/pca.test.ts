import assert from "node:assert/strict";
import fc from "fast-check";
import { PCA } from "ml-pca";
import { covariance } from "#dist/core/numeric/covariance.js";
import type { Matrix } from "#dist/core/numeric/matrix.js";
import { type Pca, pca, projectPca } from "#dist/core/numeric/pca.js";
import { pcaFromCovariance, projectPoints } from "#dist/core/numeric/principal.js";
import { readFixture } from "../../support/safetensors.js";
import { alignSign, assertClose, column, normalMatrix } from "../../support/samples.js";

const fixture = readFixture("numeric/arrays.safetensors");
const { data: fixtureData, shape } = fixture.float32("pca.x");
const x: Matrix = { data: fixtureData, rows: shape[0], cols: shape[1] };

function axis(p: Pca, k: number): number[] {
  return Array.from(p.components.data.subarray(k * p.components.cols, (k + 1) * p.components.cols));
}

function assertOrthonormal({ components }: Pca): void {
  const { data, rows, cols } = components;
  for (let p = 0; p < rows; p++)
    for (let q = 0; q <= p; q++) {
      let sum = 0;
      for (let j = 0; j < cols; j++) sum += data[p * cols + j] * data[q * cols + j];
      assert.ok(Math.abs(sum - (p === q ? 1 : 0)) < 1e-5, `axes ${p} and ${q} have the product ${sum}`);
    }
}

describe("pca(x)", () => {
  it("agrees with scikit-learn's full SVD on the reference data", async () => {
    const p = await pca(x, { nComponents: 5 });
    assertClose(p.mean, fixture.float32("pca.mean").data, 1e-6);
    assertClose(p.explainedVariance, fixture.float32("pca.explained_variance").data, 1e-5);
    assertClose(p.explainedVarianceRatio, fixture.float32("pca.explained_variance_ratio").data, 1e-5);
    assert.equal(p.nSamples, 300);
    const scores = await projectPca(p, x);
    for (let k = 0; k < 5; k++) {
      const expected = column(fixture.float32("pca.scores").data, 5, k);
      assertClose(alignSign(column(scores.data, 5, k), expected), expected, 1e-4);
      const expectedAxis = Array.from(fixture.float32("pca.components").data.subarray(k * 24, (k + 1) * 24));
      assertClose(alignSign(axis(p, k), expectedAxis), expectedAxis, 1e-4);
      const variance = fixture.float32("pca.explained_variance").data[k];
      assert.ok(Math.abs(p.explainedVariance[k] / variance - 1) < 1e-4);
    }
  });

  it("agrees with ml-pca on random data, tall and wide", async () => {
    for (const [rows, cols] of [
      [200, 30],
      [12, 40],
    ]) {
      const m = normalMatrix(rows, cols, rows, { mean: 3 });
      const theirs = new PCA(
        Array.from({ length: rows }, (_, i) => Array.from(m.data.subarray(i * cols, (i + 1) * cols))),
      );
      const ours = await pca(m, { nComponents: 3 });
      assertClose(ours.explainedVariance, theirs.getEigenvalues().slice(0, 3), 1e-5);
      assertClose(ours.explainedVarianceRatio, theirs.getExplainedVariance().slice(0, 3), 1e-5);
      for (let k = 0; k < 3; k++) {
        const expected = theirs.getEigenvectors().getColumn(k);
        assertClose(alignSign(axis(ours, k), expected), expected, 1e-4);
      }
    }
  });

  it("gives orthonormal axes, falling variances and shares that sum to at most 1, on any data", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer(),
        async (rows, cols, seed) => {
          const p = await pca(normalMatrix(rows, cols, seed), { nComponents: Math.min(rows, cols, 4) });
          assertOrthonormal(p);
          const variances = Array.from(p.explainedVariance);
          assert.deepEqual(
            variances,
            [...variances].sort((a, b) => b - a),
          );
          assert.ok(p.explainedVarianceRatio.reduce((sum, r) => sum + r, 0) <= 1 + 1e-6);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("makes the largest-magnitude entry of each axis positive", async () => {
    const p = await pca(normalMatrix(80, 17, 2), { nComponents: 6 });
    for (let k = 0; k < 6; k++) {
      const entries = axis(p, k);
      assert.equal(Math.max(...entries), Math.max(...entries.map(Math.abs)));
    }
  });

  it("gives the same bytes for the same input and seed", async () => {
    const m = normalMatrix(5000, 64, 8);
    assert.deepEqual(await pca(m, { seed: 1 }), await pca(m, { seed: 1 }));
  });

  it("finds the same axes when all rows are shifted far away", async () => {
    const m = normalMatrix(500, 20, 4);
    // multiples of 1/64 stay exact in float32 when 4096 is added, so that the two inputs differ by the shift alone
    const near = { ...m, data: m.data.map((v) => Math.round(v * 64) / 64) };
    const far = { ...m, data: near.data.map((v) => v + 4096) };
    const [a, b] = [await pca(near), await pca(far)];
    assertClose(b.components.data, a.components.data, 1e-5);
    assertClose(b.explainedVariance, a.explainedVariance, 1e-6);
  });

  it("scales variances with the square of the data, for data whose squares leave float32's range", async () => {
    const m = normalMatrix(100, 10, 6);
    const a = await pca(m);
    for (const power of [-70, 60]) {
      const b = await pca({ ...m, data: m.data.map((v) => v * 2 ** power) });
      assert.deepEqual(b.components, a.components);
      assert.deepEqual(b.explainedVarianceRatio, a.explainedVarianceRatio);
    }
  });

  it("gives axes beyond the rank that are orthonormal and have no variance", async () => {
    const m = normalMatrix(60, 30, 1, { deviation: (j) => (j < 2 ? 1 : 0) });
    const p = await pca(m, { nComponents: 4 });
    assertOrthonormal(p);
    assert.ok(p.explainedVariance[2] < 1e-6 * p.explainedVariance[0]);
    assert.ok(p.explainedVariance[3] < 1e-6 * p.explainedVariance[0]);
  });

  it("is the same PCA as the one that a page computes from the covariance", async () => {
    const a = await pca(x);
    const b = pcaFromCovariance(covariance(x));
    assertClose(a.components.data, b.components.data, 1e-5);
    assertClose(a.explainedVariance, b.explainedVariance, 1e-6);
  });

  it("sums over blocks of rows: more rows than one block holds change nothing but the count", async () => {
    const m = normalMatrix(700, 3, 5);
    const copies = 2100;
    const data = new Float32Array(m.data.length * copies);
    for (let i = 0; i < copies; i++) data.set(m.data, i * m.data.length);
    const [once, often] = [await pca(m), await pca({ data, rows: m.rows * copies, cols: 3 })];
    assertClose(often.components.data, once.components.data, 1e-5);
    assertClose(often.explainedVarianceRatio, once.explainedVarianceRatio, 1e-5);
  });

  it("rejects a single row with a sentence that says what PCA needs", async () => {
    await assert.rejects(pca({ data: new Float32Array(5), rows: 1, cols: 5 }), {
      name: "ShapeError",
      message: "x has 1 row where PCA needs 2 or more: give more pictures, or the patches of one",
    });
  });

  it("rejects more components than rows or columns allow, and none at all", async () => {
    await assert.rejects(pca(normalMatrix(5, 2, 1)), { name: "ShapeError", argument: "nComponents" });
    await assert.rejects(pca(normalMatrix(2, 5, 1)), { name: "ShapeError", argument: "nComponents" });
    await assert.rejects(pca(x, { nComponents: 0 }), { name: "ArgumentError", argument: "nComponents" });
  });

  it("names the first row that holds NaN or an infinity", async () => {
    for (const bad of [Number.NaN, Infinity, -Infinity]) {
      const m = normalMatrix(20, 4, 1);
      m.data[7 * 4 + 2] = bad;
      await assert.rejects(pca(m), { name: "NotFiniteError", row: 7 });
    }
  });

  it("rejects rows that are all equal, also where float32 cannot hold their number exactly", async () => {
    const data = new Float32Array(60 * 8).map((_, i) => 0.1 + (i % 8));
    await assert.rejects(pca({ data, rows: 60, cols: 8 }), { name: "DegenerateDataError" });
    const almost = data.map((v, i) => v * (1 + ((i * 7) % 3) * 2 ** -24));
    await assert.rejects(pca({ data: almost, rows: 60, cols: 8 }), { name: "DegenerateDataError" });
  });

  it("stops when its signal is aborted", async () => {
    await assert.rejects(pca(x, { signal: AbortSignal.abort() }), { name: "AbortError" });
  });

  it("hears its signal while it looks for hundreds of axes", async () => {
    const m = normalMatrix(700, 500, 1, { deviation: () => 1 });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20);
    await assert.rejects(pca(m, { nComponents: 300, signal: controller.signal }), { name: "AbortError" });
  });

  it("finds all axes there are: orthonormal, and together the whole variance", async () => {
    const p = await pca(normalMatrix(150, 130, 3, { deviation: () => 1 }), { nComponents: 130 });
    assertOrthonormal(p);
    assert.ok(Math.abs(p.explainedVarianceRatio.reduce((sum, r) => sum + r, 0) - 1) < 1e-6);
  });
});

describe("projectPca(pca, x)", () => {
  it("gives scikit-learn's whitened scores", async () => {
    const scores = await projectPca(await pca(x), x, { whiten: true });
    for (let k = 0; k < 3; k++) {
      const expected = column(fixture.float32("pca.whitened_scores").data, 3, k);
      assertClose(alignSign(column(scores.data, 3, k), expected), expected, 1e-4);
    }
  });

  it("gives large matrices the scores that the calling thread computes", async () => {
    const m = normalMatrix(8500, 100, 3, { mean: 50, deviation: () => 1 });
    const p = await pca(normalMatrix(300, 100, 4, { mean: 50, deviation: () => 1 }), { nComponents: 80 });
    const large = await projectPca(p, m, { whiten: true });
    assertClose(large.data, projectPoints(p, m, { whiten: true }).data, 1e-5);
  });

  it("whitens an axis without variance to 0", async () => {
    const m = normalMatrix(50, 4, 1, { deviation: (j) => (j === 0 ? 1 : 0) });
    const scores = await projectPca(await pca(m, { nComponents: 2 }), m, { whiten: true });
    assert.ok(column(scores.data, 2, 1).every((v) => v === 0));
  });

  it("projects no rows to no rows", async () => {
    const scores = await projectPca(await pca(x), { data: new Float32Array(0), rows: 0, cols: 24 });
    assert.deepEqual(scores, { data: new Float32Array(0), rows: 0, cols: 3 });
  });

  it("rejects vectors of another size, and bad numbers by their row", async () => {
    const p = await pca(x);
    await assert.rejects(projectPca(p, normalMatrix(3, 23, 1)), { name: "ShapeError", argument: "x" });
    const m = normalMatrix(3, 24, 1);
    m.data[24] = Number.NaN;
    await assert.rejects(projectPca(p, m), { name: "NotFiniteError", row: 1 });
  });
});
