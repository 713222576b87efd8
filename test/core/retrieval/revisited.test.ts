import assert from "node:assert/strict";
import fc from "fast-check";
import { ArgumentError } from "#dist/core/errors.js";
import { precisionAtK, revisitedAveragePrecision } from "#dist/core/retrieval/metrics.js";
import { evaluateRevisited, type RevisitedQuery } from "#dist/core/retrieval/revisited.js";

const queries: RevisitedQuery[] = [
  { ranked: [7, 3, 11, 0, 5, 9, 1, 10, 4, 2, 8, 6], easy: [3, 0], hard: [9, 4, 6], junk: [7] },
  { ranked: [2, 0, 6, 4, 10, 8, 1, 3, 11, 9, 7, 5], easy: [], hard: [6, 8], junk: [2, 1] },
  { ranked: [5, 11, 1, 8, 0, 3, 9, 2, 6, 7, 10, 4], easy: [11, 8, 3, 2, 7], hard: [], junk: [5] },
];

function close(actual: number[], expected: number[]): void {
  actual.forEach((value, i) => {
    assert.ok(Math.abs(value - expected[i]) < 1e-8, `${actual} where ${expected} is expected`);
  });
}

describe("evaluateRevisited(queries)", () => {
  it("gives what the benchmark's own evaluate.py gives for the easy, medium and hard setup", () => {
    const scores = evaluateRevisited(queries);
    const expected = {
      easy: [0.715515873015873, 1, 0.6333333333, 0.6111111111, 2],
      medium: [0.5106144781144781, 2 / 3, 0.5333333333, 0.4518518519, 3],
      hard: [0.2645833333333333, 0, 0.3, 0.3666666667, 2],
    };
    for (const setup of ["easy", "medium", "hard"] as const) {
      const { meanAveragePrecision, precision, queries: counted, leftOut } = scores[setup];
      close([meanAveragePrecision, ...precision.map(({ value }) => value), counted], expected[setup]);
      assert.equal(counted + leftOut, 3);
      assert.deepEqual(
        precision.map(({ k }) => k),
        [1, 5, 10],
      );
    }
  });

  it("gives for one query without hard entries the average precision, and the precision among the first", () => {
    const shuffled = fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], { minLength: 10 });
    fc.assert(
      fc.property(shuffled, fc.integer({ min: 1, max: 4 }), (ranked, k) => {
        const easy = [0, 1, 2, ranked[9]];
        const { easy: score, medium } = evaluateRevisited([{ ranked, easy, hard: [] }], { ks: [k] });
        assert.deepEqual(score, medium);
        assert.equal(score.meanAveragePrecision, revisitedAveragePrecision(ranked, easy));
        // the last positive is the last entry, so k is the cut
        assert.equal(
          score.precision[0].value,
          precisionAtK(
            ranked.map((r) => easy.includes(r)),
            k,
          ),
        );
      }),
    );
  });

  it("counts nothing found as 0, and leaves out queries without a positive", () => {
    const { easy, hard } = evaluateRevisited([{ ranked: [4, 5], easy: [1], hard: [] }]);
    assert.deepEqual([easy.meanAveragePrecision, easy.precision[0].value, easy.queries], [0, 0, 1]);
    assert.deepEqual([hard.meanAveragePrecision, hard.queries, hard.leftOut], [Number.NaN, 0, 1]);
  });

  it("refuses no queries and a k that is none", () => {
    assert.throws(() => evaluateRevisited([]), ArgumentError);
    assert.throws(() => evaluateRevisited(queries, { ks: [0] }), { argument: "ks" });
  });
});
