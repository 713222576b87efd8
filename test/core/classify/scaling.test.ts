import assert from "node:assert/strict";
import fc from "fast-check";
import { fitScaling, scaleFeatures } from "#dist/core/classify/scaling.js";
import { ArgumentError, DegenerateDataError, NotFiniteError, ShapeError } from "#dist/core/errors.js";
import type { Matrix } from "#dist/core/numeric/matrix.js";
import { takeRows } from "#dist/core/numeric/take-rows.js";
import { column, normalMatrix } from "../../support/samples.js";

function moments(values: readonly number[]): [mean: number, deviation: number] {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  return [mean, Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length)];
}

function withRow(m: Matrix, row: number, value: number): Matrix {
  return { ...m, data: m.data.slice().fill(value, row * m.cols, (row + 1) * m.cols) };
}

describe("fitScaling(x, rule)", () => {
  const x = normalMatrix(60, 7, 3, { mean: 100 });

  it("gives training columns the mean 0 and the variance 1 under standardise, however far from 0 they lie", () => {
    const scaled = scaleFeatures(x, fitScaling(x, "standardise"));
    for (let j = 0; j < 7; j++) {
      const [mean, deviation] = moments(column(scaled.data, 7, j));
      assert.ok(Math.abs(mean) < 1e-4 && Math.abs(deviation - 1) < 1e-4, `column ${j}: ${mean}, ${deviation}`);
    }
  });

  it("learns from the rows that it is given alone: others are scaled and change nothing", () => {
    const fitted = fitScaling(takeRows(x, [0, 1, 2, 3, 4]), "standardise");
    const before = structuredClone(fitted);
    const all = scaleFeatures(x, fitted);
    const one = scaleFeatures(takeRows(x, [50]), fitted);
    assert.deepEqual(fitted, before);
    assert.deepEqual(one.data, all.data.subarray(50 * 7, 51 * 7));
    assert.notDeepEqual(fitted, fitScaling(x, "standardise"));
  });

  it("gives columns that do not vary the deviation 1, so that they become 0", () => {
    const constant = normalMatrix(20, 3, 1, { mean: 0.1, deviation: (j) => (j === 1 ? 0 : 1) });
    const fitted = fitScaling(constant, "standardise");
    assert.equal(fitted.deviation?.[1], 1);
    assert.deepEqual(column(scaleFeatures(constant, fitted).data, 3, 1), column(new Float32Array(60), 3, 1));
  });

  it("gives rows the length 1 under l2 and leaves their direction", () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 12 }),
        (numbers) => {
          fc.pre(numbers.some((v) => v !== 0));
          const m = { data: Float32Array.from(numbers), rows: 1, cols: numbers.length };
          const { data } = scaleFeatures(m, fitScaling(m, "l2"));
          const length = Math.hypot(...data);
          assert.ok(Math.abs(length - 1) < 1e-6, `length ${length}`);
          const along = data.reduce((sum, v, i) => sum + v * m.data[i], 0) / Math.hypot(...m.data);
          assert.ok(Math.abs(along - 1) < 1e-6);
        },
      ),
    );
  });

  it("leaves what it is given as it is, and gives it back under none", () => {
    const before = x.data.slice();
    for (const rule of ["l2", "standardise", "none"] as const) scaleFeatures(x, fitScaling(x, rule));
    assert.deepEqual(x.data, before);
    assert.equal(scaleFeatures(x, { rule: "none" }).data.buffer, x.data.buffer);
  });

  it("refuses NaN, rows of zeros, empty sets, other widths and other rules, by name", () => {
    const bad = withRow(x, 4, Number.NaN);
    for (const rule of ["l2", "standardise", "none"] as const) {
      assert.throws(
        () => fitScaling(bad, rule),
        (e) => e instanceof NotFiniteError && e.row === 4,
      );
      const fitted = fitScaling(x, rule);
      assert.throws(
        () => scaleFeatures(bad, fitted),
        (e) => e instanceof NotFiniteError && e.row === 4,
      );
    }
    assert.throws(
      () => scaleFeatures(withRow(x, 9, 0), { rule: "l2" }),
      (e) => e instanceof DegenerateDataError && /row 9/.test(e.message),
    );
    assert.throws(() => fitScaling({ data: new Float32Array(0), rows: 0, cols: 4 }, "l2"), ShapeError);
    assert.throws(
      () => scaleFeatures(normalMatrix(2, 5, 1), fitScaling(x, "standardise")),
      (e) => e instanceof ShapeError && /5 numbers a row where the scaling was fitted on 7/.test(e.message),
    );
    assert.throws(() => fitScaling(x, "whiten" as "l2"), ArgumentError);
  });
});
