import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { ArgumentError, ShapeError } from "#dist/core/errors.js";
import { type Matrix, matrix } from "#dist/core/numeric/matrix.js";
import { pca, projectPca } from "#dist/core/numeric/pca.js";
import { trustworthiness } from "#dist/core/projection/trustworthiness.js";
import { fixture } from "../../support/fixtures.js";
import { readFixture } from "../../support/safetensors.js";
import { normalMatrix } from "../../support/samples.js";

const values = JSON.parse(readFileSync(fixture("numeric/values.json"), "utf8"));

function digits(rows: number): Matrix {
  const { data } = readFixture("numeric/arrays.safetensors").uint8("digits.x");
  return matrix(Float32Array.from(data.subarray(0, rows * 64)), rows, 64);
}

/** By ranks of all pairs, measured in 64 bits and rounded to 32; equally near ones by row. */
function byDefinition(x: Matrix, points: Matrix, k: number): { trust: number; overlap: number } {
  const order = (m: Matrix, i: number): number[] => {
    const far = Array.from({ length: m.rows }, (_, j) => {
      let sum = 0;
      for (let c = 0; c < m.cols; c++) sum += (m.data[i * m.cols + c] - m.data[j * m.cols + c]) ** 2;
      return Math.fround(Math.sqrt(sum));
    });
    return far
      .map((_, j) => j)
      .filter((j) => j !== i)
      .sort((a, b) => far[a] - far[b] || a - b);
  };
  let [penalty, kept] = [0, 0];
  for (let i = 0; i < x.rows; i++) {
    const inData = order(x, i);
    for (const j of order(points, i).slice(0, k)) {
      const rank = inData.indexOf(j) + 1;
      if (rank > k) penalty += rank - k;
      else kept++;
    }
  }
  const n = x.rows;
  return { trust: 1 - (2 * penalty) / (n * k * (2 * n - 3 * k - 1)), overlap: kept / (n * k) };
}

describe("trustworthiness", () => {
  for (const k of [5, 15]) {
    it(`is scikit-learn's for the digits and their first two components at ${k} neighbours`, async () => {
      const x = digits(300);
      const points = await projectPca(await pca(x, { nComponents: 2 }), x);
      const expected = values.trustworthiness_digits_first_300_pca[k];
      const found = await trustworthiness(x, points, { k });
      assert.ok(Math.abs(found.trustworthiness / expected - 1) < 1e-4, `${found.trustworthiness} for ${expected}`);
      assert.deepEqual([found.k, found.measured], [k, 300]);
    });
  }

  it("is what the definition gives, for a map that has nothing to do with the data", async () => {
    const x = normalMatrix(120, 10, 1);
    const points = normalMatrix(120, 2, 2);
    const { trust, overlap } = byDefinition(x, points, 7);
    const found = await trustworthiness(x, points, { k: 7 });
    assert.ok(Math.abs(found.trustworthiness - trust) < 1e-9);
    assert.ok(Math.abs(found.neighbourOverlap - overlap) < 1e-9);
  });

  it("is 1, and all neighbours are kept, where the map is the data at another scale", async () => {
    const points = normalMatrix(200, 2, 3);
    const x = matrix(
      points.data.map((v) => v * 8),
      200,
      2,
    );
    const found = await trustworthiness(x, points);
    assert.deepEqual([found.trustworthiness, found.neighbourOverlap, found.k], [1, 1, 15]);
  });

  for (const metric of ["euclidean", "cosine"] as const)
    it(`is 1 for the data as its own map under ${metric}, beside a row a million times longer`, async () => {
      const x = normalMatrix(200, 2, 5);
      x.data.fill(1e6, 0, 2);
      const angles = matrix(
        Float32Array.from({ length: 400 }, (_, i) => {
          const angle = Math.atan2(x.data[i | 1], x.data[i & ~1]);
          return i % 2 === 0 ? Math.cos(angle) : Math.sin(angle);
        }),
        200,
        2,
      );
      const found = await trustworthiness(x, metric === "cosine" ? angles : x, { metric });
      assert.ok(found.trustworthiness > 1 - 1e-6, `trustworthiness ${found.trustworthiness}`);
      assert.ok(found.neighbourOverlap > 0.999);
    });

  it("is what the definition gives, beside a row a million times longer", async () => {
    const x = normalMatrix(200, 6, 1, { deviation: () => 1 });
    x.data.fill(1e6, 0, 6);
    const points = normalMatrix(200, 2, 2);
    const { trust, overlap } = byDefinition(x, points, 10);
    const found = await trustworthiness(x, points, { k: 10 });
    assert.ok(Math.abs(found.trustworthiness - trust) < 1e-9, `${found.trustworthiness} for ${trust}`);
    assert.ok(Math.abs(found.neighbourOverlap - overlap) < 1e-9);
    assert.equal((await trustworthiness(x, x)).trustworthiness, 1);
  });

  it("is estimated well from a sample, the same one for the same seed", async () => {
    const x = normalMatrix(600, 10, 1);
    const points = matrix(
      Float32Array.from({ length: 1200 }, (_, i) => x.data[(i >> 1) * 10 + (i & 1)]),
      600,
      2,
    );
    const whole = await trustworthiness(x, points);
    const part = await trustworthiness(x, points, { sample: 200, seed: 4 });
    assert.equal(part.measured, 200);
    assert.ok(Math.abs(part.trustworthiness - whole.trustworthiness) < 0.02);
    assert.deepEqual(await trustworthiness(x, points, { sample: 200, seed: 4 }), part);
    const other = await trustworthiness(x, points, { sample: 200, seed: 5 });
    assert.notEqual(other.trustworthiness, part.trustworthiness);
  });

  it("takes the largest k that the measure allows where there are few rows", async () => {
    assert.equal((await trustworthiness(normalMatrix(9, 4, 1), normalMatrix(9, 2, 2))).k, 4);
    assert.equal((await trustworthiness(normalMatrix(3, 4, 1), normalMatrix(3, 2, 2))).k, 1);
  });

  it("refuses a map of other rows, too few rows and too large a k", async () => {
    await assert.rejects(trustworthiness(normalMatrix(9, 4, 1), normalMatrix(8, 2, 2)), ShapeError);
    await assert.rejects(trustworthiness(normalMatrix(2, 4, 1), normalMatrix(2, 2, 2)), ShapeError);
    await assert.rejects(trustworthiness(normalMatrix(9, 4, 1), normalMatrix(9, 2, 2), { k: 5 }), ArgumentError);
    const nothing = undefined as unknown as Matrix;
    await assert.rejects(trustworthiness(nothing, normalMatrix(9, 2, 2)), ShapeError);
    await assert.rejects(trustworthiness(normalMatrix(9, 4, 1), nothing), ShapeError);
  });
});
