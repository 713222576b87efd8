import assert from "node:assert/strict";
import fc from "fast-check";
import { type ClassLabels, classCounts, classLabels, labelsOf } from "#dist/core/classify/class-labels.js";
import { ArgumentError, DegenerateDataError, ShapeError } from "#dist/core/errors.js";
import type { Split } from "#dist/core/evaluate/split.js";
import { splitSummary } from "#dist/core/evaluate/split-summary.js";
import { stratifiedSplit } from "#dist/core/evaluate/stratified-split.js";

/** Labels of two classes or more, some of them with few rows. */
const labelLists = fc
  .array(fc.integer({ min: 1, max: 30 }), { minLength: 2, maxLength: 8 })
  .filter((counts) => counts.some((count) => count > 1) && counts.reduce((a, b) => a + b) > 2)
  .chain((counts) =>
    fc.shuffledSubarray(
      counts.flatMap((n, c) => new Array<string>(n).fill(`class ${c}`)),
      { minLength: counts.reduce((a, b) => a + b) },
    ),
  )
  .map((names) => classLabels(names));

const shares = fc.double({ min: 0.05, max: 0.95, noNaN: true });
const seeds = fc.integer({ min: 0, max: 1000 });

function assertDivides(split: Split, rows: number): void {
  const all = [...split.train, ...split.validation, ...split.test];
  assert.deepEqual(
    all.sort((a, b) => a - b),
    Array.from({ length: rows }, (_, i) => i),
  );
  for (const part of [split.train, split.validation, split.test])
    assert.deepEqual(
      [...part],
      [...part].sort((a, b) => a - b),
    );
}

function counts(labels: ClassLabels, rows: Int32Array): Int32Array {
  return classCounts(labelsOf(labels, rows));
}

describe("stratifiedSplit(labels)", () => {
  it("puts every row into one part, each in rising order", () => {
    fc.assert(
      fc.property(labelLists, shares, shares, seeds, (labels, test, validation, seed) => {
        const split = stratifiedSplit(labels, { test, validation, seed });
        assertDivides(split, labels.indices.length);
        assert.ok(split.train.length > 0 && split.test.length > 0);
      }),
    );
  });

  it("gives the test part each class's share to within one row, and a row of every class to training", () => {
    fc.assert(
      fc.property(labelLists, fc.double({ min: 0.1, max: 0.9, noNaN: true }), seeds, (labels, test, seed) => {
        const split = stratifiedSplit(labels, { test, validation: 0, seed });
        const of = classCounts(labels);
        if (test * labels.indices.length >= 1)
          counts(labels, split.test).forEach((count, c) => {
            assert.ok(
              Math.abs(count - test * of[c]) < 1 || (of[c] === 1 && count === 0),
              `${count} of ${of[c]} at ${test}`,
            );
          });
        counts(labels, split.train).forEach((count) => {
          assert.ok(count > 0);
        });
      }),
    );
  });

  it("keeps the whole test part near its share too, where many small classes could all round the same way", () => {
    const labels = classLabels(Array.from({ length: 60 }, (_, i) => i % 20)); // 3 rows each: 0.6 would be tested
    for (let seed = 0; seed < 20; seed++) {
      const { test } = stratifiedSplit(labels, { test: 0.2, seed });
      assert.ok(test.length >= 11 && test.length <= 13, `${test.length} rows`);
    }
  });

  it("never separates rows of a group, and comes within the largest group of each class's share", () => {
    const cases = fc.array(fc.record({ label: fc.integer({ min: 0, max: 3 }), size: fc.integer({ min: 1, max: 4 }) }), {
      minLength: 12,
      maxLength: 60,
    });
    fc.assert(
      fc.property(cases, seeds, (groupList, seed) => {
        const rows = groupList.flatMap(({ label, size }, group) =>
          Array.from({ length: size }, () => ({ label, group })),
        );
        const labels = classLabels(rows.map(({ label }) => label));
        fc.pre(labels.classes.length > 1);
        const groups = rows.map(({ group }) => group * 7);
        const split = stratifiedSplit(labels, { test: 0.25, validation: 0.25, seed, groups });
        assertDivides(split, rows.length);
        const sides = [split.train, split.validation, split.test].map(
          (part) => new Set([...part].map((row) => groups[row])),
        );
        assert.equal(
          sides.reduce((sum, side) => sum + side.size, 0),
          groupList.length,
        );
        const of = classCounts(labels);
        counts(labels, split.test).forEach((count, c) => {
          const largest = Math.max(
            ...groupList.filter(({ label }) => String(label) === labels.classes[c]).map(({ size }) => size),
          );
          assert.ok(Math.abs(count - 0.25 * of[c]) <= largest, `${count} of ${of[c]}, groups of ${largest} at most`);
        });
      }),
    );
  });

  it("gives the same rows for the same seed and others for another", () => {
    const labels = classLabels(Array.from({ length: 100 }, (_, i) => i % 10));
    assert.deepEqual(stratifiedSplit(labels, { seed: 3 }), stratifiedSplit(labels, { seed: 3 }));
    assert.notDeepEqual(stratifiedSplit(labels, { seed: 3 }).test, stratifiedSplit(labels, { seed: 4 }).test);
  });

  it("draws every row of a class equally often", () => {
    const labels = classLabels([...new Array(8).fill("a"), ...new Array(4).fill("b")]);
    const tested = new Int32Array(12);
    for (let seed = 0; seed < 4000; seed++)
      for (const row of stratifiedSplit(labels, { test: 0.25, seed }).test) tested[row]++;
    // 1,000 expected each; the deviation is 27
    for (const count of tested) assert.ok(Math.abs(count - 1000) < 140, `${count} times`);
  });

  it("trains on a class of one picture and says that it is not tested", () => {
    const labels = classLabels(["a", "a", "a", "a", "a", "b", "b", "b", "b", "b", "lonely"]);
    const split = stratifiedSplit(labels, { test: 0.9, validation: 0.5 });
    assert.ok(split.train.includes(10));
    assert.deepEqual(splitSummary(labels, [split]).untested, ["lonely"]);
    assert.deepEqual(splitSummary(labels, [split]).untrained, []);
  });

  it("keeps a class whose pictures all belong together for training", () => {
    const labels = classLabels([..."aaaaaaaa", ..."bbbb"]);
    const groups = [0, 1, 2, 3, 4, 5, 6, 7, 8, 8, 8, 8];
    const split = stratifiedSplit(labels, { test: 0.5, groups });
    assert.deepEqual([...split.train].slice(-4), [8, 9, 10, 11]);
  });

  it("tests at least one row, of a class that has another", () => {
    const labels = classLabels(["a", "a", "b"]);
    const { test, train } = stratifiedSplit(labels, { test: 0.01, validation: 0 });
    assert.equal(test.length, 1);
    assert.ok(test[0] < 2 && train.length === 2);
  });

  it("leaves validation empty where no class has rows to spare", () => {
    const { train, validation, test } = stratifiedSplit(classLabels([..."aabb"]), { test: 0.5 });
    assert.deepEqual([train.length, validation.length, test.length], [2, 0, 2]);
  });

  it("refuses labels of one class, of none, and of classes of one picture each", () => {
    assert.throws(() => stratifiedSplit(classLabels(["a", "a"])), DegenerateDataError);
    assert.throws(() => stratifiedSplit(classLabels([])), DegenerateDataError);
    assert.throws(() => stratifiedSplit(classLabels(["a", "b", "c", "d"])), DegenerateDataError);
    assert.throws(() => stratifiedSplit({ classes: ["a", "b"], indices: Int32Array.of(0, 1, 2) }), /class 2 in row 2/);
  });

  it("refuses shares, seeds and groups that are none, and fewer rows than parts", () => {
    const labels = classLabels([..."aabb"]);
    for (const test of [0, 1, -0.5, Number.NaN]) assert.throws(() => stratifiedSplit(labels, { test }), ArgumentError);
    for (const validation of [1, -0.1, Number.NaN])
      assert.throws(() => stratifiedSplit(labels, { validation }), ArgumentError);
    assert.throws(() => stratifiedSplit(labels, { seed: 0.5 }), ArgumentError);
    assert.throws(() => stratifiedSplit(labels, { groups: [1, 2] }), ShapeError);
    assert.throws(() => stratifiedSplit(labels, { groups: [1, 2, Number.NaN, 3] }), ArgumentError);
    assert.throws(() => stratifiedSplit(classLabels(["a", "b"])), ShapeError);
  });
});
