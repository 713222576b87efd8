import assert from "node:assert/strict";
import fc from "fast-check";
import { classCounts, classLabels, labelsOf } from "#dist/core/classify/class-labels.js";
import { ArgumentError, DegenerateDataError, ShapeError } from "#dist/core/errors.js";
import { checkSplit } from "#dist/core/evaluate/check-split.js";
import { splitSummary } from "#dist/core/evaluate/split-summary.js";
import { stratifiedFolds } from "#dist/core/evaluate/stratified-folds.js";

const names = fc
  .array(fc.integer({ min: 0, max: 6 }), { minLength: 12, maxLength: 120 })
  .filter((list) => new Set(list).size > 1);

describe("stratifiedFolds(labels)", () => {
  it("tests every row once, with parts that share none", () => {
    fc.assert(
      fc.property(names, fc.integer({ min: 2, max: 12 }), fc.integer({ min: 0, max: 99 }), (list, folds, seed) => {
        const splits = stratifiedFolds(classLabels(list), { folds, seed });
        assert.equal(splits.length, folds);
        for (const split of splits) {
          checkSplit(split, list.length);
          assert.equal(split.train.length + split.validation.length + split.test.length, list.length);
        }
        assert.deepEqual(
          splits.flatMap(({ test }) => [...test]).sort((a, b) => a - b),
          list.map((_, i) => i),
        );
      }),
    );
  });

  it("gives folds of one size, to within one row in all and of each class", () => {
    fc.assert(
      fc.property(names, fc.integer({ min: 2, max: 12 }), (list, folds) => {
        const labels = classLabels(list);
        const of = classCounts(labels);
        for (const { test } of stratifiedFolds(labels, { folds })) {
          assert.ok(Math.abs(test.length - list.length / folds) < 1);
          classCounts(labelsOf(labels, test)).forEach((count, c) => {
            assert.ok(Math.abs(count - of[c] / folds) < 1);
          });
        }
      }),
    );
  });

  it("never separates rows of a group, also where it holds several classes, and leaves no fold empty", () => {
    fc.assert(
      fc.property(names, fc.integer({ min: 2, max: 5 }), fc.integer({ min: 6, max: 20 }), (list, folds, count) => {
        const groups = list.map((_, row) => (row * row) % count);
        fc.pre(new Set(groups).size >= folds);
        const splits = stratifiedFolds(classLabels(list), { folds, groups });
        for (const { train, validation, test } of splits) {
          assert.ok(test.length > 0);
          const sides = [train, validation, test].map((part) => new Set([...part].map((row) => groups[row])));
          assert.equal(
            sides.reduce((sum, side) => sum + side.size, 0),
            new Set(groups).size,
          );
        }
      }),
    );
  });

  it("tests a class of one picture once, without an example, and says so", () => {
    const labels = classLabels([..."aaaaabbbbb", "lonely"]);
    const splits = stratifiedFolds(labels, { folds: 5 });
    const { untested, untrained, counts } = splitSummary(labels, splits);
    assert.deepEqual([untested, untrained], [[], ["lonely"]]);
    assert.equal(
      counts.reduce((sum, { test }) => sum + test[2], 0),
      1,
    );
  });

  it("gives the same rows for the same seed and others for another", () => {
    const labels = classLabels(Array.from({ length: 50 }, (_, i) => i % 5));
    assert.deepEqual(stratifiedFolds(labels, { seed: 1 }), stratifiedFolds(labels, { seed: 1 }));
    assert.notDeepEqual(stratifiedFolds(labels, { seed: 1 }), stratifiedFolds(labels, { seed: 2 }));
  });

  it("refuses a number of folds that is none, more folds than rows or groups, and one class", () => {
    const labels = classLabels([..."aabb"]);
    for (const folds of [1, 0, 2.5, Number.NaN]) assert.throws(() => stratifiedFolds(labels, { folds }), ArgumentError);
    assert.throws(() => stratifiedFolds(labels, { folds: 5 }), /5 where there are 4 rows/);
    assert.throws(() => stratifiedFolds(labels, { folds: 3, groups: [0, 0, 1, 1] }), ShapeError);
    assert.throws(() => stratifiedFolds(classLabels(["a", "a", "a"]), { folds: 2 }), DegenerateDataError);
  });
});

describe("checkSplit(split, rows)", () => {
  it("names the row and the parts that share it, and rows that are not there", () => {
    const split = (train: number[], validation: number[], test: number[]) => ({
      train: Int32Array.from(train),
      validation: Int32Array.from(validation),
      test: Int32Array.from(test),
      seed: 0,
    });
    checkSplit(split([0, 1], [], [2]), 3);
    assert.throws(() => checkSplit(split([0, 1], [], [1]), 3), /row 1 in train and in test/);
    assert.throws(() => checkSplit(split([0], [2], [2]), 3), /row 2 in validation and in test/);
    assert.throws(() => checkSplit(split([0], [], [3]), 3), /row 3 in test where there are 3 rows/);
    assert.throws(() => checkSplit(split([0], [], []), 3), /no row in test/);
  });
});
