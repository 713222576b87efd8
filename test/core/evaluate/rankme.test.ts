import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { DegenerateDataError, NotFiniteError, ShapeError } from "#dist/core/errors.js";
import { rankMe } from "#dist/core/evaluate/rankme.js";
import { type Matrix, matrix } from "#dist/core/numeric/matrix.js";
import { takeRows } from "#dist/core/numeric/take-rows.js";
import { digits } from "../../support/digits.js";
import { fixture } from "../../support/fixtures.js";
import { normalMatrix } from "../../support/samples.js";

const values = JSON.parse(readFileSync(fixture("numeric/values.json"), "utf8"));
const { rankme } = JSON.parse(readFileSync(fixture("numeric/evaluation.json"), "utf8"));

async function assertRank(x: Matrix, wanted: number, tolerance = 1e-4): Promise<void> {
  const found = await rankMe(x);
  assert.ok(Math.abs(found / wanted - 1) < tolerance, `${found} where ${wanted} is expected`);
}

describe("rankMe(x)", () => {
  it("is NumPy's for the digits, with more rows than columns and with fewer", async () => {
    await assertRank(digits(400).vectors, values.rankme_digits_first_400);
    await assertRank(digits(30).vectors, rankme.digits_first_30);
  });

  it("is NumPy's where all but two singular values are 0", async () => {
    const data = Float32Array.from({ length: 500 * 96 }, (_, i) => {
      const [r, k] = [Math.floor(i / 96), i % 96];
      return ((r % 7) + 1) * ((k % 3) + 1) + ((r % 5) + 1) * (k % 4);
    });
    await assertRank(matrix(data, 500, 96), rankme.two_directions);
  });

  it("is the number of directions where all of them are used alike", async () => {
    for (const [rows, cols] of [
      [12, 12],
      [40, 8],
      [8, 40],
    ]) {
      const size = Math.min(rows, cols);
      const data = Float32Array.from({ length: rows * cols }, (_, i) =>
        Math.floor(i / cols) % size === i % cols ? 3 : 0,
      );
      await assertRank(matrix(data, rows, cols), size, 1e-5);
    }
  });

  it("does not change with the order or the lengths of rows, and stays between 1 and the smaller side", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer(),
        async (n, d, seed) => {
          const x = normalMatrix(n, d, seed);
          const moved = takeRows(
            x,
            Array.from({ length: n }, (_, i) => n - 1 - i),
          );
          for (let i = 0; i < moved.data.length; i++) moved.data[i] *= 2 ** (Math.floor(i / d) % 5);
          const rank = await rankMe(x);
          await assertRank(moved, rank, 1e-6);
          assert.ok(rank > 0.9999 && rank < Math.min(n, d) * 1.0001);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("refuses no rows, NaN and rows of zeros, and stops when it is told to", async () => {
    await assert.rejects(rankMe(matrix(new Float32Array(0), 0, 4)), ShapeError);
    await assert.rejects(rankMe(matrix(Float32Array.of(1, Number.NaN), 2, 1)), NotFiniteError);
    await assert.rejects(rankMe(matrix(Float32Array.of(1, 0), 2, 1)), DegenerateDataError);
    await assert.rejects(rankMe(normalMatrix(9, 9, 0), { signal: AbortSignal.abort() }), { name: "AbortError" });
  });
});
