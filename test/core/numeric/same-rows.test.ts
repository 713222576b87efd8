import assert from "node:assert/strict";
import fc from "fast-check";
import { matrix } from "#dist/core/numeric/matrix.js";
import { firstSameRow } from "#dist/core/numeric/same-rows.js";
import { finish } from "#dist/core/numeric/steps.js";

describe("firstSameRow", () => {
  it("names for each row the first that is equal to it", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 }))), (rows) => {
        const m = matrix(Float32Array.from(rows.flat()), rows.length, 2);
        const texts = rows.map(String);
        assert.deepEqual(
          [...finish(firstSameRow(m))],
          texts.map((t) => texts.indexOf(t)),
        );
      }),
    );
  });
});
