import assert from "node:assert/strict";
import fc from "fast-check";
import { DegenerateDataError, NotFiniteError, ShapeError } from "#dist/core/errors.js";
import { matrix } from "#dist/core/numeric/matrix.js";
import { normaliseRows, rowLengths } from "#dist/core/numeric/normalise.js";

describe("normaliseRows", () => {
  it("gives rows of length 1 in the direction they had, at any scale of 32-bit numbers", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 100 }), fc.integer(), fc.integer()), { minLength: 1 }),
        fc.constantFrom(1, 1e20, 1e-20),
        (rows, scale) => {
          const m = matrix(
            Float32Array.from(rows.flat(), (v) => (v / 2 ** 31) * scale),
            rows.length,
            3,
          );
          const unit = normaliseRows(m);
          for (const [i, length] of rowLengths(m).entries()) {
            for (let j = 0; j < 3; j++)
              assert.ok(Math.abs(unit.data[i * 3 + j] * length - m.data[i * 3 + j]) <= length * 1e-7);
          }
          for (const length of rowLengths(unit)) assert.ok(Math.abs(length - 1) < 1e-6);
        },
      ),
    );
  });

  it("leaves its argument as it was", () => {
    const m = matrix(Float32Array.of(3, 4), 1, 2);
    assert.deepEqual([...normaliseRows(m).data], [Math.fround(0.6), Math.fround(0.8)]);
    assert.deepEqual([...m.data], [3, 4]);
  });

  it("names the row that is zero, and the row that is not finite", () => {
    const zero = matrix(Float32Array.of(1, 0, 0, 0), 2, 2);
    assert.throws(
      () => normaliseRows(zero),
      (e) => e instanceof DegenerateDataError && /row 1/.test(e.message),
    );
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const m = matrix(Float32Array.of(1, 0, 0, bad), 2, 2);
      assert.throws(
        () => normaliseRows(m),
        (e) => e instanceof NotFiniteError && e.row === 1,
      );
    }
    assert.throws(() => normaliseRows({ data: new Float32Array(3), rows: 2, cols: 2 }), ShapeError);
  });
});
