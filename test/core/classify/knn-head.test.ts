import assert from "node:assert/strict";
import { knnSweep } from "#dist/core/classify/knn-classifier.js";
import { knnHead } from "#dist/core/classify/knn-head.js";
import { ArgumentError, ShapeError } from "#dist/core/errors.js";
import { takeLabelled } from "#dist/core/evaluate/labelled-rows.js";
import { splitDigits } from "../../support/digits.js";
import { accuracyOf, clouds } from "../../support/labelled.js";

const { train } = splitDigits();
const rows = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const data = { ...takeLabelled(train, rows(0, 900)), validation: takeLabelled(train, rows(900, 1200)) };
const options = { seed: 0 };

describe("knnHead({ ks })", () => {
  it("takes the k that is right most often on the validation rows, the smaller of equally good ones", async () => {
    const ks = [200, 100, 20, 10, 5, 3, 1];
    const sweep = await knnSweep(data, data.validation.vectors, { ks });
    const scores = sweep.map(({ predictions }) => accuracyOf(predictions.predicted, data.validation.labels.indices));
    const best = ks.filter((_, i) => scores[i] === Math.max(...scores));
    const { notes } = await knnHead({ ks }).train(data, options);
    assert.deepEqual(notes, { chosen: { k: Math.min(...best) } });
    const easy = clouds([9, 9], 8, { spread: 0.01 });
    const tied = await knnHead({ ks: [7, 3, 5] }).train({ ...easy, validation: easy }, options);
    assert.equal(tied.notes.chosen.k, 3);
  });

  it("takes the k nearest to 20 without validation rows, at most the number of rows, and says so", async () => {
    for (const [head, rows, k] of [
      [knnHead(), data, 20],
      [knnHead({ ks: [5, 100] }), data, 5],
      [knnHead({ ks: [15, 25] }), data, 15],
      [knnHead(), clouds([2, 3], 4), 5],
    ] as const) {
      const { notes } = await head.train({ vectors: rows.vectors, labels: rows.labels }, options);
      assert.equal(notes.chosen.k, k);
      assert.match(String(notes.remarks), new RegExp(`no validation rows .* is ${k}$`));
    }
  });

  it("refuses numbers of neighbours that cannot be before it trains, and validation rows of another model", async () => {
    assert.throws(() => knnHead({ ks: [] }), ArgumentError);
    assert.throws(() => knnHead({ ks: [0.5] }), ArgumentError);
    const other = clouds([5, 5], 3);
    const easy = clouds([5, 5], 8);
    await assert.rejects(knnHead().train({ ...easy, validation: other }, options), ShapeError);
  });
});
