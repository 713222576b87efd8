import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { classLabels } from "#dist/core/classify/class-labels.js";
import { ArgumentError, DegenerateDataError, type NotFiniteError, ShapeError } from "#dist/core/errors.js";
import { alignment } from "#dist/core/evaluate/alignment.js";
import { matrix } from "#dist/core/numeric/matrix.js";
import { digits } from "../../support/digits.js";
import { fixture } from "../../support/fixtures.js";
import { normalMatrix } from "../../support/samples.js";

const expected = JSON.parse(readFileSync(fixture("numeric/evaluation.json"), "utf8"));

function close(actual: number, wanted: number, tolerance = 1e-6): void {
  assert.ok(Math.abs(actual - wanted) <= tolerance * Math.max(1, Math.abs(wanted)), `${actual} for ${wanted}`);
}

describe("alignment(x, positives)", () => {
  it("is NumPy's over all pairs of the same digit, at the powers 1 and 2", async () => {
    const { vectors, labels } = digits(400);
    for (const alpha of [1, 2])
      close(await alignment(vectors, labels, { alpha }), expected.alignment_digits_first_400[alpha]);
  });

  it("is NumPy's over rows and second views of them", async () => {
    const { data } = digits(400).vectors;
    const halves = [data.slice(0, 200 * 64), data.slice(200 * 64)].map((half) => matrix(half, 200, 64));
    close(await alignment(halves[0], halves[1]), expected.alignment_digits_views[2]);
    close(await alignment(halves[1], halves[0]), expected.alignment_digits_views[2]);
  });

  it("gives at a power of nearly 2, where it visits every pair, what it gives at 2, where it does not", async () => {
    const { vectors, labels } = digits(200);
    close(await alignment(vectors, labels, { alpha: 2 + 1e-9 }), await alignment(vectors, labels));
  });

  it("is 0 for views that differ in length only, and 4 for opposite ones", async () => {
    const x = normalMatrix(20, 6, 1);
    const scaled = (factor: number) => ({ ...x, data: x.data.map((v) => factor * v) });
    assert.equal(await alignment(x, scaled(4)), 0);
    close(await alignment(x, scaled(-1)), 4);
    assert.equal(
      (await alignment({ ...x, data: x.data.map((_, i) => 1 + (i % 6)) }, classLabels(new Array(20).fill("a")))) < 1e-6,
      true,
    );
  });

  it("refuses views and labels of other rows, classes of one row each, powers that are none, NaN and zeros", async () => {
    const x = normalMatrix(4, 3, 0);
    await assert.rejects(alignment(x, normalMatrix(4, 2, 0)), ShapeError);
    await assert.rejects(alignment(x, normalMatrix(3, 3, 0)), ShapeError);
    await assert.rejects(alignment(x, classLabels([..."aab"])), ShapeError);
    await assert.rejects(alignment(x, classLabels([..."abcd"])), DegenerateDataError);
    for (const alpha of [0, -1, Number.NaN, Infinity]) await assert.rejects(alignment(x, x, { alpha }), ArgumentError);
    const bad = normalMatrix(4, 3, 0);
    bad.data[4] = Number.NaN;
    await assert.rejects(
      alignment(x, bad),
      (error: NotFiniteError) => error.argument === "positives" && error.row === 1,
    );
    bad.data.fill(0, 3, 6);
    await assert.rejects(alignment(bad, x), DegenerateDataError);
  });
});
