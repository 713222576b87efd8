import assert from "node:assert/strict";
import type { Head } from "#dist/core/classify/head.js";
import { type HeadName, headNamed, headNames } from "#dist/core/classify/heads.js";
import { predict } from "#dist/core/classify/predict.js";
import { trainHead } from "#dist/core/collection/train-head.js";
import { clouds } from "../../support/labelled.js";

/** Clouds are so dense that their rows would pass for near-duplicates. */
const duplicateThreshold = 0.9999;

/** Clouds of vectors with their labels as texts. */
function embeddings(perClass: readonly number[], options = {}) {
  const { vectors, labels } = clouds(perClass, 16, { spread: 0.3, ...options });
  const names = Array.from(labels.indices, (c) => labels.classes[c]);
  const pictures = names.map((_, row) => ({
    ...{ name: `${row}.jpg`, source: `${row}.jpg`, width: 4, height: 4 },
    view: { left: 0, top: 0, width: 4, height: 4 },
  }));
  return { vectors, labels: names, pictures };
}

describe("trainHead", () => {
  for (const head of headNames)
    it(`trains a ${head} on all rows, and tells how good it is by rows that were not trained on`, async () => {
      const given = embeddings([12, 12, 12]);
      const found = await trainHead(given, { head, folds: 3, seed: 2, duplicateThreshold });
      assert.equal(found.training.rows, 36);
      assert.deepEqual(found.training.perClass, [12, 12, 12]);
      assert.equal(found.evaluation?.folds, 3);
      assert.equal(found.test?.report.rows, 36);
      assert.ok(found.evaluation!.accuracy.value > 0.9, `${found.evaluation!.accuracy.value}`);
      for (const { train, validation, test } of found.test!.splits)
        assert.equal(new Set([...train, ...validation, ...test]).size, 36);
      const { predicted } = await predict(found.classifier, given.vectors);
      const right = predicted.filter((c, row) => found.labels.classes[c] === given.labels[row]).length;
      assert.ok(right >= 34, `${right}`);
      // the settings are those that the parts chose
      for (const [name, value] of Object.entries(found.training.chosen))
        assert.ok(
          found.test!.notes.some(({ chosen }) => chosen[name] === value),
          name,
        );
    });

  it("gives the same bytes for the same seed", async () => {
    const given = embeddings([8, 8]);
    for (const head of ["logistic", "mlp"] as HeadName[])
      assert.deepEqual(
        await trainHead(given, { head, seed: 5, duplicateThreshold }),
        await trainHead(given, { head, seed: 5, duplicateThreshold }),
      );
  });

  it("trains a head of one's own once a part and once on all rows, though each part is judged twice", async () => {
    let times = 0;
    const { name, train } = headNamed("centroid");
    const head: Head = { name: `my ${name}`, train: (...given) => train(...given).finally(() => times++) };
    const given = embeddings([8, 8]);
    const found = await trainHead(given, { head, folds: 4, duplicateThreshold });
    assert.equal(times, 5);
    assert.equal(found.training.head, "my nearest centroid");
    assert.equal(found.mistakes?.head, "my nearest centroid");
  });

  it("judges labels by the very classifiers that tested the pictures", async () => {
    const given = embeddings([10, 10]);
    const labels = given.labels.map((label, row) => (row === 4 ? "class 1" : label));
    const { mistakes, test } = await trainHead(given, { labels, head: "logistic", duplicateThreshold });
    const [first] = mistakes!.mistakes;
    assert.deepEqual([first.row, first.given, first.suggested], [4, "class 1", "class 0"]);
    assert.equal(mistakes!.pictures![first.row].name, "4.jpg");
    const place = test!.tested.indexOf(4);
    assert.equal(first.suggestedConfidence, test!.predictions.probabilities.data[place * 2]);
  });

  it("finds nothing where labels say nothing about the vectors", async () => {
    const given = embeddings([40, 40], { spread: 0.5 });
    const labels = given.labels.map((_, row) => (Math.floor(row / 2) % 2 === 0 ? "x" : "y"));
    const { evaluation } = await trainHead(given, { labels, head: "centroid", duplicateThreshold });
    assert.ok(evaluation!.accuracy.value < 0.7, `${evaluation!.accuracy.value}`);
  });

  it("leaves out rows without label, with NaN and of zeros, reports each, and goes on", async () => {
    const given = embeddings([8, 8]);
    given.vectors.data[3 * 16 + 5] = Number.NaN;
    given.vectors.data[4 * 16] = Number.POSITIVE_INFINITY;
    given.vectors.data.fill(0, 6 * 16, 7 * 16);
    const labels = given.labels.map((label, row) => (row === 0 ? undefined : row === 1 ? " " : label));
    const { leftOut, rows, training } = await trainHead(given, { labels, head: "knn", duplicateThreshold });
    assert.deepEqual(leftOut, [
      { row: 0, name: "0.jpg", problem: "no label" },
      { row: 1, name: "1.jpg", problem: "no label" },
      { row: 3, name: "3.jpg", problem: "NaN or an infinity in its vector" },
      { row: 4, name: "4.jpg", problem: "NaN or an infinity in its vector" },
      { row: 6, name: "6.jpg", problem: "a vector of zeros" },
    ]);
    assert.equal(training.rows, 11);
    assert.deepEqual([...rows].slice(0, 3), [2, 5, 7]);
  });

  it("takes null for no label and numbers for names, as tables from elsewhere have them", async () => {
    const { vectors } = clouds([12, 12], 8);
    const labels = Array.from({ length: 24 }, (_, i) => (i < 2 ? null : i % 2));
    const { labels: used, leftOut } = await trainHead({ vectors }, { head: "centroid", labels: labels as never });
    assert.deepEqual(used.classes, ["0", "1"]);
    assert.deepEqual(
      leftOut.map(({ row, problem }) => [row, problem]),
      [0, 1].map((row) => [row, "no label"]),
    );
    await assert.rejects(trainHead({ labels: ["a", "b"] } as never), { name: "ShapeError" });
  });

  it("trains on a class with one picture, says that it could not be tested, and tests the others", async () => {
    const found = await trainHead(embeddings([8, 8, 1]), { head: "logistic", duplicateThreshold });
    assert.deepEqual(found.untested, [{ label: "class 2", rows: 1 }]);
    assert.equal(found.classifier.classes.length, 3);
    assert.equal(found.evaluation?.rows, 16);
  });

  it("tests nothing, and says so, where every class but one has a single picture", async () => {
    const found = await trainHead(embeddings([3, 1, 1]), { head: "centroid", duplicateThreshold });
    assert.equal(found.test, undefined);
    assert.equal(found.evaluation, undefined);
    assert.equal(found.untested.length, 2);
    assert.equal(found.training.rows, 5);
  });

  it("keeps near-duplicates on one side, so that a copied picture does not make it look better", async () => {
    const given = embeddings([6, 6], { spread: 3 });
    const { data } = given.vectors;
    // every picture twice
    const vectors = { data: Float32Array.from([...data, ...data]), rows: 24, cols: 16 };
    const labels = [...given.labels, ...given.labels];
    const found = await trainHead({ vectors, labels }, { head: "knn", duplicateThreshold: 0.999 });
    assert.equal(found.nearDuplicates.count, 12);
    for (const { train, validation, test } of found.test!.splits) {
      const tested = new Set([...test].map((row) => row % 12));
      assert.ok([...train, ...validation].every((row) => !tested.has(row % 12)));
    }
  });

  it("refuses one class, a label of its own for every picture, and no labels at all", async () => {
    const given = embeddings([4, 4]);
    const refused = (labels: (string | undefined)[], message: RegExp) =>
      assert.rejects(trainHead(given, { labels }), { name: "DegenerateDataError", argument: "labels", message });
    await refused(
      given.labels.map(() => "x"),
      /one class only, "x", for 8 pictures: give two/,
    );
    await refused(
      given.labels.map((_, row) => `${row}`),
      /another for each of 8 pictures/,
    );
    await refused(
      given.labels.map(() => undefined),
      /8 have none/,
    );
    await assert.rejects(trainHead({ vectors: given.vectors }), { name: "ArgumentError", argument: "labels" });
    await assert.rejects(trainHead(given, { labels: ["a"] }), { name: "ShapeError", argument: "labels" });
    await assert.rejects(trainHead(given, { folds: 100, duplicateThreshold }), {
      name: "ShapeError",
      argument: "folds",
    });
    await assert.rejects(trainHead(given, { head: "forest" as never }), { name: "ArgumentError", argument: "head" });
  });

  it("says what it is at, and stops when it is told to", async () => {
    const given = embeddings([8, 8]);
    const steps = new Set<string>();
    await trainHead(given, { head: "centroid", duplicateThreshold, onProgress: (step) => steps.add(step) });
    assert.equal(steps.size, 4);
    const signal = AbortSignal.abort();
    await assert.rejects(trainHead(given, { head: "centroid", signal }), { name: "AbortError" });
  });
});
