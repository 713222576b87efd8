import assert from "node:assert/strict";
import fc from "fast-check";
import { abovePairs, accuracy, listed, named, percentileText, probability, score } from "#dist/widgets/wording.js";

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

describe("accuracy(share, rows) and probability(p)", () => {
  it("have no more digits than there are rows for, and none of a number that is not there", () => {
    assert.deepEqual([accuracy(0.8771, 100), accuracy(0.8771, 5000), accuracy(Number.NaN, 3)], ["88 %", "87.7 %", "–"]);
  });

  it("never say that a probability is 0, or 1 before it rounds to that", () => {
    assert.deepEqual(
      [0, 0.00099, 0.0352, 0.436, 0.99, 1].map(probability).map((text) => text.replaceAll("\u00a0", " ")),
      [...["p < 0.001", "p < 0.001", "p = 0.035", "p = 0.44", "p = 0.99", "p = 1"]],
    );
  });
});

describe("listed(items) and named(name)", () => {
  it("part items by commas and the last by a word, and keep names whole", () => {
    assert.deepEqual([[], ["a"], ["a", "b"], ["a", "b", "c"]].map(listed), ["", "a", "a and b", "a, b and c"]);
    assert.deepEqual(["v2.0-small", "lite0, mean"].map(named), ["v2.0-small", "\u201clite0, mean\u201d"]);
  });
});
