import assert from "node:assert/strict";
import fc from "fast-check";
import { classLabels } from "#dist/core/classify/class-labels.js";
import { testableFolds } from "#dist/core/collection/testable-folds.js";

/** Rows of a class that come again and again, each a group of its own unless told otherwise. */
function folds(labels: string[], groups = labels.map((_, row) => row), options = {}) {
  return testableFolds(classLabels(labels), { groups: Int32Array.from(groups), seed: 0, ...options });
}

describe("testableFolds", () => {
  it("tests every row of classes with two groups once, and lets the others train in every fold", () => {
    const { splits, untested } = folds(["a", "b", "a", "b", "lone", "a", "b"], undefined, { folds: 3 });
    assert.deepEqual(untested, [{ label: "lone", rows: 1 }]);
    assert.deepEqual(splits.flatMap(({ test }) => [...test]).sort(), [0, 1, 2, 3, 5, 6]);
    for (const { train } of splits) assert.ok(train.includes(4));
  });

  it("takes a class of near-duplicates alone for one that cannot be tested", () => {
    const { splits, untested } = folds(["a", "a", "b", "b", "c", "c", "c"], [0, 1, 2, 3, 4, 4, 4], { folds: 2 });
    assert.deepEqual(untested, [{ label: "c", rows: 3 }]);
    for (const { train } of splits) assert.ok([4, 5, 6].every((row) => train.includes(row)));
  });

  it("makes no folds where fewer than two classes can be tested", () => {
    assert.deepEqual(folds(["a", "a", "a", "b", "c"]).splits, []);
    assert.deepEqual(folds(["a", "a", "b", "b"], [0, 0, 1, 1]).splits, []);
  });

  it("makes fewer folds than five where there are fewer groups, unless it is told how many", () => {
    assert.equal(folds(["a", "b", "a", "b"]).splits.length, 4);
    assert.throws(() => folds(["a", "b", "a", "b"], undefined, { folds: 5 }), {
      name: "ShapeError",
      argument: "folds",
    });
  });

  it("never has near-duplicates on both sides, whatever their labels, and no row in two parts", () => {
    const row = fc.record({ label: fc.constantFrom("a", "b", "c", "d", "e"), group: fc.nat(12) });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), fc.nat(5), (rows, seed) => {
        const groups = rows.map(({ group }) => group);
        const { splits } = folds(
          rows.map(({ label }) => label),
          groups,
          { seed },
        );
        for (const { train, validation, test } of splits) {
          const all = [...train, ...validation, ...test];
          assert.equal(new Set(all).size, all.length);
          const tested = new Set([...test].map((i) => groups[i]));
          assert.ok([...train, ...validation].every((i) => !tested.has(groups[i])));
        }
      }),
    );
  });
});
