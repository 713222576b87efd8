import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { ArgumentError } from "#dist/core/errors.js";
import {
  averagePrecision,
  meanAveragePrecision,
  precisionAtK,
  recallAtK,
  revisitedAveragePrecision,
} from "#dist/core/retrieval/metrics.js";
import { fixture } from "../../support/fixtures.js";

const { oxford_ap: oxford } = JSON.parse(readFileSync(fixture("numeric/values.json"), "utf8"));
const relevance = fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }).filter((r) => r.includes(true));

describe("precisionAtK and recallAtK", () => {
  it("count the same relevant entries, over k and over all that are relevant", () => {
    fc.assert(
      fc.property(relevance, fc.integer({ min: 1, max: 60 }), (relevant, k) => {
        const found = relevant.slice(0, k).filter(Boolean).length;
        assert.equal(precisionAtK(relevant, k), found / k);
        assert.equal(recallAtK(relevant, k), found / relevant.filter(Boolean).length);
      }),
    );
  });

  it("count relevant entries that were not retrieved where their number is given", () => {
    assert.equal(recallAtK([1, 0, 1], 2, 4), 0.25);
    assert.throws(() => precisionAtK([1], 0), ArgumentError);
    assert.throws(() => recallAtK([1], 1.5), ArgumentError);
  });
});

describe("averagePrecision", () => {
  it("is 1 exactly when no irrelevant entry comes before a relevant one", () => {
    fc.assert(
      fc.property(relevance, (relevant) => {
        const sorted = relevant.lastIndexOf(true) + 1 === relevant.filter(Boolean).length;
        assert.equal(averagePrecision(relevant) > 1 - 1e-12, sorted);
      }),
    );
  });

  it("is the mean of the precision at each relevant entry", () => {
    assert.equal(averagePrecision([1, 0, 1, 0]), (1 + 2 / 3) / 2);
    assert.equal(averagePrecision([0, 1], { total: 2 }), 0.25);
  });

  it("does not depend on the order of entries with equal scores", () => {
    const scores = [3, 2, 2, 2, 1];
    for (const relevant of [
      [0, 1, 0, 0, 1],
      [0, 0, 1, 0, 1],
      [0, 0, 0, 1, 1],
    ])
      assert.equal(averagePrecision(relevant, { scores }), (1 / 4 + 2 / 5) / 2);
  });
});

describe("meanAveragePrecision", () => {
  it("leaves out and counts the queries without a relevant entry", () => {
    assert.deepEqual(
      meanAveragePrecision([
        [1, 0],
        [0, 0],
        [0, 1],
      ]),
      { mean: 0.75, queries: 2, leftOut: 1 },
    );
  });
});

describe("revisitedAveragePrecision", () => {
  it("is what the revisited Oxford protocol gives", () => {
    const value = revisitedAveragePrecision(oxford.ranked, oxford.positive, oxford.junk);
    assert.ok(Math.abs(value - oxford.average_precision) < 1e-12);
  });

  it("does not depend on where the junk is", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], { minLength: 10 }), (ranked) => {
        const junkLast = [...ranked.filter((r) => r < 7), 7, 8, 9];
        const value = revisitedAveragePrecision(ranked, [0, 3, 5], [7, 8, 9]);
        assert.equal(value, revisitedAveragePrecision(junkLast, [0, 3, 5], [7, 8, 9]));
      }),
    );
  });

  it("is 1 for all positives first, and counts those that are not ranked as misses", () => {
    assert.equal(revisitedAveragePrecision([1, 2, 3, 4], [1, 2]), 1);
    assert.equal(revisitedAveragePrecision([1, 3], [1, 2]), 0.5);
    assert.throws(() => revisitedAveragePrecision([1], []), ArgumentError);
  });
});
