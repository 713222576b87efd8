import assert from "node:assert/strict";
import { classLabels } from "#dist/core/classify/class-labels.js";
import type { Head, LabelledRows } from "#dist/core/classify/head.js";
import { ArgumentError, DegenerateDataError, NotFiniteError, ShapeError } from "#dist/core/errors.js";
import { crossValidate } from "#dist/core/evaluate/cross-validate.js";
import type { Split } from "#dist/core/evaluate/split.js";
import { stratifiedFolds } from "#dist/core/evaluate/stratified-folds.js";
import { matrix, row } from "#dist/core/numeric/matrix.js";
import { meanHead } from "../../support/mean-head.js";
import { normalMatrix } from "../../support/samples.js";

/** Rows around one direction a class, in classes by turns; entry 0 is the row's own number. */
function rowsOf(count: number, classes: number): LabelledRows {
  const vectors = normalMatrix(count, 12, 3, { deviation: () => 0.5 });
  for (let i = 0; i < count; i++) {
    row(vectors, i)[0] = i;
    row(vectors, i)[1 + (i % classes)] += 100;
  }
  return { vectors, labels: classLabels(Array.from({ length: count }, (_, i) => i % classes)) };
}

describe("crossValidate(rows, { head })", () => {
  it("hands the head training and validation rows alone, each with its label", async () => {
    const rows = rowsOf(60, 3);
    const head = meanHead();
    const { splits } = await crossValidate(rows, { head, folds: 4, seed: 9 });
    assert.deepEqual(splits, stratifiedFolds(rows.labels, { folds: 4, seed: 9 }));
    assert.equal(head.seen.length, 4);
    for (const [i, { data, options }] of head.seen.entries()) {
      assert.equal(options.seed, 9);
      for (const [given, wanted] of [
        [data, splits[i].train],
        [data.validation, splits[i].validation],
      ] as const) {
        assert.deepEqual(given?.vectors.data, Float32Array.from([...wanted].flatMap((r) => [...row(rows.vectors, r)])));
        assert.deepEqual(
          given?.labels.indices,
          Int32Array.from(wanted, (r) => r % 3),
        );
      }
      // not even the memory behind the training rows holds those that are tested
      assert.equal(data.vectors.data.buffer.byteLength, splits[i].train.length * 12 * 4);
    }
  });

  it("learns the same whatever the tested rows hold", async () => {
    const rows = rowsOf(40, 4);
    const [split] = stratifiedFolds(rows.labels);
    const spoilt = { ...rows, vectors: matrix(rows.vectors.data.slice(), 40, 12) };
    for (const r of split.test) row(spoilt.vectors, r).fill(1e6);
    const trained = async (given: LabelledRows) =>
      (await crossValidate(given, { head: meanHead(), splits: [split] })).trained[0].classifier;
    assert.deepEqual(await trained(spoilt), await trained(rows));
  });

  it("predicts every row once under folds, in rising order, each by the head that did not see it", async () => {
    const rows = rowsOf(50, 5);
    const { predictions, tested, splits, trained } = await crossValidate(rows, { head: meanHead() });
    assert.deepEqual(
      [...tested],
      Array.from({ length: 50 }, (_, i) => i),
    );
    assert.deepEqual(predictions.predicted, rows.labels.indices);
    const { cols, data } = predictions.probabilities;
    for (const [i, { test }] of splits.entries()) {
      const alone = await crossValidate(rows, {
        head: { name: "as trained", train: async () => trained[i] },
        splits: [splits[i]],
      });
      assert.deepEqual(alone.tested, test);
      test.forEach((r, place) => {
        assert.deepEqual(
          data.slice(r * cols, (r + 1) * cols),
          alone.predictions.probabilities.data.slice(place * cols, (place + 1) * cols),
        );
      });
    }
  });

  it("predicts a row whose class trains nowhere, as one of the others", async () => {
    const rows = rowsOf(41, 4);
    const labels = classLabels([...Array.from({ length: 40 }, (_, i) => `class ${i % 4}`), "lonely"]);
    const { predictions, tested } = await crossValidate({ vectors: rows.vectors, labels }, { head: meanHead() });
    assert.equal(tested.length, 41);
    assert.equal(predictions.classes[predictions.predicted[40]], "class 0");
  });

  it("keeps groups together and gives no validation where none is asked for", async () => {
    const rows = rowsOf(60, 2);
    const groups = Array.from({ length: 60 }, (_, i) => Math.floor(i / 4));
    const head = meanHead();
    const { splits } = await crossValidate(rows, { head, groups, validation: 0 });
    for (const { test, train } of splits)
      assert.ok(![...test].some((r) => [...train].some((other) => groups[other] === groups[r])));
    assert.ok(head.seen.every(({ data }) => data.validation === undefined));
  });

  it("gives the same bytes for the same seed", async () => {
    const rows = rowsOf(45, 3);
    const run = (seed: number) => crossValidate(rows, { head: meanHead(), seed });
    assert.deepEqual(await run(2), await run(2));
    assert.notDeepEqual((await run(2)).splits, (await run(3)).splits);
  });

  it("passes its signal on, stops between splits, and counts them", async () => {
    const controller = new AbortController();
    const head = meanHead();
    const counted: number[][] = [];
    const stopped = crossValidate(rowsOf(30, 3), {
      ...{ head, signal: controller.signal },
      onProgress(done, total) {
        counted.push([done, total]);
        if (done === 2) controller.abort();
      },
    });
    await assert.rejects(stopped, { name: "AbortError" });
    assert.deepEqual(counted, [
      [1, 5],
      [2, 5],
    ]);
    assert.equal(head.seen[0].options.signal, controller.signal);
  });

  it("refuses splits that leak or test a row twice, unless overlap is allowed to be shown", async () => {
    const rows = rowsOf(8, 2);
    const split = (train: number[], test: number[]): Split => ({
      ...{ train: Int32Array.from(train), validation: new Int32Array(0), test: Int32Array.from(test), seed: 0 },
    });
    const run = (splits: Split[], overlap?: "allow") =>
      crossValidate(rows, { head: meanHead(), splits, ...(overlap ? { overlap } : {}) });
    await assert.rejects(run([split([0, 1, 2], [2, 3])]), /splits\[0\] has row 2 in train and in test/);
    assert.equal((await run([split([0, 1, 2], [2, 3])], "allow")).tested.length, 2);
    await assert.rejects(run([split([0, 1], [2]), split([0, 1], [2])]), /splits\[1\] tests row 2/);
    await assert.rejects(run([split([0, 1], [8])], "allow"), ArgumentError);
    await assert.rejects(run([]), ArgumentError);
  });

  it("refuses one class, labels of other rows, NaN features and a head of other classes", async () => {
    const { vectors } = rowsOf(8, 2);
    const head = meanHead();
    await assert.rejects(
      crossValidate({ vectors, labels: classLabels(new Array(8).fill("a")) }, { head }),
      DegenerateDataError,
    );
    await assert.rejects(crossValidate({ vectors, labels: classLabels([..."abab"]) }, { head }), ShapeError);
    const labels = classLabels([..."abababab"]);
    const other: Head = {
      name: "other",
      train: async (data, options) => {
        const trained = await head.train(data, options);
        return { ...trained, classifier: { ...trained.classifier, classes: ["b", "a"] } };
      },
    };
    await assert.rejects(crossValidate({ vectors, labels }, { head: other }), /head answers with the classes b, a/);
    vectors.data[13] = Number.NaN;
    await assert.rejects(crossValidate({ vectors, labels }, { head }), NotFiniteError);
  });
});
