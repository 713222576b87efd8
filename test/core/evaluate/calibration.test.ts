import assert from "node:assert/strict";
import fc from "fast-check";
import { ArgumentError, ShapeError } from "#dist/core/errors.js";
import { calibration } from "#dist/core/evaluate/calibration.js";

const answers = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean()), {
  minLength: 1,
  maxLength: 50,
});

describe("calibration(confidence, right)", () => {
  it("is 0 where as many are right as the confidence says, and the gap where they are not", () => {
    const confidence = new Array(10).fill(0.8);
    const rightFor = (count: number) => confidence.map((_, i) => i < count);
    assert.ok(calibration(confidence, rightFor(8)).expectedError < 1e-12);
    assert.ok(Math.abs(calibration(confidence, rightFor(3)).expectedError - 0.5) < 1e-12);
  });

  it("holds every row in one bin, above its lower and up to its upper end, and an error from 0 to 1", () => {
    fc.assert(
      fc.property(answers, fc.integer({ min: 1, max: 20 }), (list, bins) => {
        const found = calibration(
          list.map(([c]) => c),
          list.map(([, right]) => right),
          bins,
        );
        assert.equal(
          found.bins.reduce((sum, bin) => sum + bin.rows, 0),
          list.length,
        );
        for (const { from, to, rows, meanConfidence, accuracy } of found.bins) {
          const own = list.filter(([c]) => (c > from || from === 0) && c <= to);
          assert.equal(rows, own.length);
          assert.ok(Math.abs(meanConfidence - own.reduce((sum, [c]) => sum + c, 0) / rows) < 1e-12);
          assert.equal(accuracy, own.filter(([, right]) => right).length / rows);
        }
        assert.ok(found.expectedError >= 0 && found.expectedError <= 1);
      }),
    );
  });

  it("puts a confidence on the border of two bins into the lower one, and takes 1 with a rounding for 1", () => {
    assert.deepEqual(
      calibration([0.5, 1 + 1e-6, 0], [1, 1, 0], 2).bins.map(({ rows }) => rows),
      [2, 1],
    );
  });

  it("refuses no rows, lists of different lengths, and what is no confidence or no number of bins", () => {
    assert.throws(() => calibration([], []), ShapeError);
    assert.throws(() => calibration([0.5], [1, 0]), ShapeError);
    for (const bad of [-0.1, 1.1, Number.NaN]) assert.throws(() => calibration([bad], [1]), ArgumentError);
    assert.throws(() => calibration([0.5], [1], 0), ArgumentError);
  });
});
