import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { ArgumentError, DegenerateDataError, NotFiniteError, ShapeError } from "#dist/core/errors.js";
import { uniformity } from "#dist/core/evaluate/uniformity.js";
import { matrix } from "#dist/core/numeric/matrix.js";
import { takeRows } from "#dist/core/numeric/take-rows.js";
import { digits } from "../../support/digits.js";
import { fixture } from "../../support/fixtures.js";
import { normalMatrix } from "../../support/samples.js";

const expected = JSON.parse(readFileSync(fixture("numeric/evaluation.json"), "utf8"));

function close(actual: number, wanted: number, tolerance = 1e-5): void {
  assert.ok(Math.abs(actual - wanted) <= tolerance * Math.max(1, Math.abs(wanted)), `${actual} for ${wanted}`);
}

describe("uniformity(x)", () => {
  it("is NumPy's over all pairs of the digits, at t = 1 and t = 2", async () => {
    for (const t of [1, 2])
      close(await uniformity(digits(400).vectors, { t }), expected.uniformity_digits_first_400[t]);
  });

  it("is the mean of its blocks where there are several, by measuring every pair of 8,300 rows", async () => {
    const x = normalMatrix(8300, 3, 1, { deviation: () => 1 });
    const length = Array.from({ length: x.rows }, (_, i) => Math.hypot(...x.data.subarray(3 * i, 3 * i + 3)));
    let sum = 0;
    for (let i = 0; i < x.rows; i++)
      for (let j = 0; j < i; j++) {
        const [a, b] = [3 * i, 3 * j];
        const product = x.data[a] * x.data[b] + x.data[a + 1] * x.data[b + 1] + x.data[a + 2] * x.data[b + 2];
        sum += Math.exp(4 * (product / (length[i] * length[j]) - 1));
      }
    close(await uniformity(x), Math.log(sum / ((8300 * 8299) / 2)));
  });

  it("is 0 for rows of one direction, and -2t for many at right angles", async () => {
    close(await uniformity(matrix(Float32Array.of(1, 2, 2, 4, 3, 6), 3, 2)), 0);
    const axes = matrix(
      Float32Array.from({ length: 900 }, (_, i) => (i % 31 === 0 ? 5 : 0)),
      30,
      30,
    );
    close(await uniformity(axes, { t: 3 }), -6);
  });

  it("does not change with the order of the rows, and gives the same bytes twice", async () => {
    const x = normalMatrix(90, 7, 2);
    const value = await uniformity(x);
    assert.equal(await uniformity(x), value);
    close(
      await uniformity(
        takeRows(
          x,
          Array.from({ length: 90 }, (_, i) => (i * 7) % 90),
        ),
      ),
      value,
      1e-9,
    );
  });

  it("refuses one row, a t that is none, NaN and rows of zeros", async () => {
    await assert.rejects(uniformity(normalMatrix(1, 4, 0)), ShapeError);
    for (const t of [0, -2, Number.NaN]) await assert.rejects(uniformity(normalMatrix(4, 4, 0), { t }), ArgumentError);
    await assert.rejects(uniformity(matrix(Float32Array.of(1, Number.NaN), 2, 1)), NotFiniteError);
    await assert.rejects(uniformity(matrix(Float32Array.of(1, 0), 2, 1)), DegenerateDataError);
  });
});
