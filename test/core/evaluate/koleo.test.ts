import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { DegenerateDataError, NotFiniteError, ShapeError } from "#dist/core/errors.js";
import { koLeo } from "#dist/core/evaluate/koleo.js";
import { matrix, row } from "#dist/core/numeric/matrix.js";
import { takeRows } from "#dist/core/numeric/take-rows.js";
import { digits } from "../../support/digits.js";
import { fixture } from "../../support/fixtures.js";
import { normalMatrix } from "../../support/samples.js";

const values = JSON.parse(readFileSync(fixture("numeric/values.json"), "utf8"));

describe("koLeo(x)", () => {
  it("is NumPy's for the digits", async () => {
    const found = await koLeo(digits(400).vectors);
    assert.ok(Math.abs(found / values.koleo_digits_first_400 - 1) < 1e-4, `${found}`);
  });

  it("is minus the logarithm of the distance where all neighbours are equally far", async () => {
    const axes = matrix(
      Float32Array.from({ length: 25 }, (_, i) => (i % 6 === 0 ? 2 : 0)),
      5,
      5,
    );
    assert.ok(Math.abs((await koLeo(axes)) + Math.log(Math.SQRT2)) < 1e-6);
  });

  it("does not change with the order of the rows, and rises far where a row is there twice", async () => {
    const x = normalMatrix(50, 8, 1, { deviation: () => 1 });
    const once = await koLeo(x);
    assert.ok(
      Math.abs(
        (await koLeo(
          takeRows(
            x,
            Array.from({ length: 50 }, (_, i) => 49 - i),
          ),
        )) - once,
      ) < 1e-9,
    );
    row(x, 1).set(row(x, 0));
    assert.ok((await koLeo(x)) > once + (2 * 16) / 50);
    assert.ok(Math.abs((await koLeo(takeRows(x, [0, 1]))) - 8 * Math.log(10)) < 1e-9);
  });

  it("refuses one row, NaN and rows of zeros", async () => {
    await assert.rejects(koLeo(normalMatrix(1, 4, 0)), ShapeError);
    await assert.rejects(koLeo(matrix(Float32Array.of(1, Number.NaN), 2, 1)), NotFiniteError);
    await assert.rejects(koLeo(matrix(Float32Array.of(1, 0), 2, 1)), DegenerateDataError);
  });
});
