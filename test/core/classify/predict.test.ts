import assert from "node:assert/strict";
import fc from "fast-check";
import type { Classifier, LogisticClassifier } from "#dist/core/classify/classifier.js";
import { trainKnn } from "#dist/core/classify/knn-classifier.js";
import { trainMlp } from "#dist/core/classify/mlp.js";
import { trainCentroid } from "#dist/core/classify/nearest-centroid.js";
import { predict } from "#dist/core/classify/predict.js";
import { fitScaling } from "#dist/core/classify/scaling.js";
import { DegenerateDataError, NotFiniteError, ShapeError } from "#dist/core/errors.js";
import type { Matrix } from "#dist/core/numeric/matrix.js";
import { takeRows } from "#dist/core/numeric/take-rows.js";
import { clouds } from "../../support/labelled.js";
import { assertClose, normalMatrix } from "../../support/samples.js";

const data = clouds([7, 9, 5], 6);

/** Weights by hand: the score of class c is the sum of the row's numbers c, c + 1, … less c. */
const logistic: LogisticClassifier = {
  kind: "logistic",
  classes: data.labels.classes,
  dim: 6,
  scaling: fitScaling(data.vectors, "standardise"),
  weights: {
    data: Float32Array.from({ length: 18 }, (_, i) => (i % 6 >= Math.floor(i / 6) ? 1 : 0)),
    rows: 3,
    cols: 6,
  },
  bias: Float32Array.of(0, -1, -2),
  c: 1,
};

async function classifiers(rows = data, weighing = logistic): Promise<Classifier[]> {
  return [
    (await trainKnn(rows, { k: 4 })).classifier,
    (await trainCentroid(rows)).classifier,
    weighing,
    (await trainMlp(rows, { hidden: 5, epochs: 5 })).classifier,
  ];
}

/** So wide that some thousand rows fill a block. */
const dim = 512;
const wide = clouds([7, 9, 5], dim);
const { data: weights } = normalMatrix(3, dim, 4, { deviation: () => 0.1 });
const wideLogistic = {
  ...logistic,
  dim,
  scaling: { rule: "l2" as const },
  weights: { data: weights, rows: 3, cols: dim },
};
const copies = 200;
const many = repeated(wide.vectors, copies);

/** `times` copies of the rows under each other. */
function repeated(m: Matrix, times: number): Matrix {
  return takeRows(
    m,
    Int32Array.from({ length: m.rows * times }, (_, i) => i % m.rows),
  );
}

describe("predict(classifier, x)", () => {
  it("gives rows that add up to 1 and hold no negative number, on any data, for every kind", async () => {
    const all = await classifiers();
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 30 }),
        fc.integer(),
        fc.integer({ min: -6, max: 6 }),
        async (rows, seed, power) => {
          const x = normalMatrix(rows, 6, seed, { deviation: () => 10 ** power });
          for (const classifier of all) {
            const { probabilities, predicted } = await predict(classifier, x);
            for (let i = 0; i < rows; i++) {
              const row = probabilities.data.subarray(i * 3, (i + 1) * 3);
              assert.ok(Math.abs(row[0] + row[1] + row[2] - 1) < 1e-6 && row.every((p) => p >= 0), classifier.kind);
              assert.equal(row[predicted[i]], Math.max(...row));
            }
          }
        },
      ),
      { numRuns: 15 },
    );
  });

  it("applies logistic regression's weights to features scaled as in training", async () => {
    const x = normalMatrix(4, 6, 9, { mean: 2 });
    const { probabilities } = await predict(logistic, x);
    const { mean = [], deviation = [] } = logistic.scaling;
    for (let i = 0; i < 4; i++) {
      const row = Array.from({ length: 6 }, (_, j) => (x.data[i * 6 + j] - mean[j]) / deviation[j]);
      const weights = [0, 1, 2].map((c) => Math.exp(row.slice(c).reduce((sum, v) => sum + v, 0) - c));
      const sum = weights.reduce((a, b) => a + b);
      assertClose(
        probabilities.data.subarray(i * 3, (i + 1) * 3),
        weights.map((w) => w / sum),
        1e-5,
      );
    }
  });

  it("does not depend on the other rows, nor on the blocks that they come in", async () => {
    for (const classifier of await classifiers(wide, wideLogistic)) {
      const few = await predict(classifier, wide.vectors);
      const seen: [number, number][] = [];
      const all = await predict(classifier, many, { onProgress: (...report) => seen.push(report) });
      assert.ok(seen.length > 1, `${classifier.kind} in ${seen.length} blocks`);
      assert.deepEqual(seen.at(-1), [many.rows, many.rows]);
      for (const copy of [0, copies / 2, copies - 1]) {
        const own = all.probabilities.data.subarray(copy * 63, (copy + 1) * 63);
        assertClose(own, few.probabilities.data, 1e-6);
      }
    }
  });

  it("leaves the event loop its turns while it works", async () => {
    const { classifier } = await trainKnn(wide, { k: 20 });
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await predict(classifier, many);
    clearInterval(timer);
    assert.ok(turns > 3, `${turns} turns`);
  });

  it("stops between blocks when it is aborted, for every kind", async () => {
    for (const classifier of await classifiers(wide, wideLogistic)) {
      const controller = new AbortController();
      let blocks = 0;
      const job = predict(classifier, many, {
        signal: controller.signal,
        onProgress: () => {
          blocks++;
          controller.abort();
        },
      });
      await assert.rejects(job, { name: "AbortError" });
      assert.equal(blocks, 1);
    }
  });

  it("gives no predictions for no rows", async () => {
    for (const classifier of await classifiers()) {
      const { predicted, probabilities } = await predict(classifier, { data: new Float32Array(0), rows: 0, cols: 6 });
      assert.deepEqual([predicted.length, probabilities.rows, probabilities.cols], [0, 0, 3]);
    }
  });

  it("says which classifier expects what where vectors have another length", async () => {
    const names = ["k-NN", "nearest centroid", "logistic regression", "MLP"];
    for (const [i, classifier] of (await classifiers()).entries())
      await assert.rejects(predict(classifier, normalMatrix(2, 5, 1)), {
        name: "ShapeError",
        message: `x has 5 numbers a row where this ${names[i]} classifier of 3 classes takes 6: give vectors of the model that it was trained on`,
      });
    await assert.rejects(predict(logistic, { ...data.vectors, rows: 3 }), ShapeError);
  });

  it("names the first bad row, also in a later block", async () => {
    const last = many.rows - 2;
    const bad = { ...many, data: many.data.slice().fill(Number.NaN, last * dim + 7, last * dim + 8) };
    const all = await classifiers(wide, wideLogistic);
    for (const classifier of all)
      await assert.rejects(predict(classifier, bad), (e) => e instanceof NotFiniteError && e.row === last);
    bad.data.fill(0, last * dim, (last + 1) * dim);
    for (const classifier of all.slice(0, 3))
      await assert.rejects(predict(classifier, bad), (e) => {
        return e instanceof DegenerateDataError && e.message.includes(`row ${last},`);
      });
  });

  it("refuses rows whose scores leave the range of numbers instead of giving NaN", async () => {
    const raw = { ...logistic, scaling: { rule: "none" as const } };
    const huge = { ...data.vectors, data: data.vectors.data.slice().fill(3e38, 6, 12) };
    await assert.rejects(predict(raw, huge), (e) => {
      return e instanceof NotFiniteError && e.row === 1 && /leave the range/.test(e.message);
    });
  });
});
