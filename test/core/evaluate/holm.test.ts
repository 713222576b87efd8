import assert from "node:assert/strict";
import fc from "fast-check";
import { holm } from "#dist/core/evaluate/holm.js";

const probabilities = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

describe("holm(pValues)", () => {
  it("multiplies the least by their number, the next by one less, and never turns their order", () => {
    // as R's p.adjust(p, "holm") does
    const corrected = holm([0.01, 0.04, 0.03, 0.005]).map((p) => Number(p.toFixed(9)));
    assert.deepEqual(corrected, [0.03, 0.06, 0.06, 0.02]);
    assert.deepEqual(holm([0.2]), [0.2]);
    assert.deepEqual(holm([]), []);
  });

  it("lets a test count only if it would have counted alone, and in no other order", () => {
    fc.assert(
      fc.property(probabilities, (pValues) => {
        const corrected = holm(pValues);
        corrected.forEach((p, i) => {
          assert.ok(p >= pValues[i] && p <= 1);
          corrected.forEach((q, j) => {
            assert.ok(!(pValues[i] < pValues[j] && p > q));
          });
        });
      }),
    );
  });
});
