import assert from "node:assert/strict";
import fc from "fast-check";
import { abovePairs, percentileText, score } from "#dist/widgets/wording.js";

describe("percentileText(percentile)", () => {
  it("never says more than there is, and 0 or 100 only where it is that", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 99.99, noNaN: true }), (percentile) => {
        const said = Number.parseFloat(percentileText(percentile));
        assert.ok(said <= percentile + 1e-9 && said > percentile - 1);
        assert.ok(said > 0 && said < 100);
      }),
    );
    assert.deepEqual([0, 0.29, 62.9, 99.29, 100].map(percentileText), ["0 %", "0.2 %", "62 %", "99.2 %", "100 %"]);
  });
});

describe("abovePairs(percentile) and score(value)", () => {
  it("have words for the ends and for no value", () => {
    assert.deepEqual([0, 50, 100].map(abovePairs), [
      "above no random pair",
      "above 50 % of random pairs",
      "above all random pairs",
    ]);
    assert.deepEqual([0.5, Number.NaN].map(score), ["0.500", "–"]);
  });
});
