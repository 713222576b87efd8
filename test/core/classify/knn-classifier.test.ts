import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { knnSweep, trainKnn } from "#dist/core/classify/knn-classifier.js";
import { predict } from "#dist/core/classify/predict.js";
import { ArgumentError, DegenerateDataError, NotFiniteError, ShapeError } from "#dist/core/errors.js";
import { takeLabelled } from "#dist/core/evaluate/labelled-rows.js";
import { seededRandom } from "#dist/core/numeric/random.js";
import { takeRows } from "#dist/core/numeric/take-rows.js";
import { splitDigits } from "../../support/digits.js";
import { fixture } from "../../support/fixtures.js";
import { accuracyOf, clouds } from "../../support/labelled.js";
import { assertClose } from "../../support/samples.js";

const { train, test } = splitDigits();
const expected: Record<string, number> = JSON.parse(readFileSync(fixture("numeric/values.json"), "utf8")).knn;
const few = clouds([8, 8, 8], 5);

describe("knnSweep(train, test)", () => {
  it("has the accuracies of DINO's weighted k-NN on the digits, for every k of one search", async () => {
    const sweep = await knnSweep(train, test.vectors, { ks: [1, 10, 20, 100, 200] });
    const accuracies = sweep.map(({ k, predictions }) => [
      String(k),
      accuracyOf(predictions.predicted, test.labels.indices),
    ]);
    assert.deepEqual(Object.fromEntries(accuracies), expected);
  });

  it("says what training with that k and predicting says", async () => {
    const [ten] = await knnSweep(train, test.vectors, { ks: [10] });
    const { classifier } = await trainKnn(train, { k: 10 });
    assert.deepEqual(await predict(classifier, test.vectors), ten.predictions);
  });

  it("gives each class its share of the votes exp(similarity / temperature)", async () => {
    const rows = { vectors: { data: Float32Array.of(1, 0, 0, 1, 1, 1), rows: 3, cols: 2 }, labels: few.labels };
    const labelled = { ...rows, labels: { classes: ["a", "b", "none"], indices: Int32Array.of(0, 1, 1) } };
    const [{ predictions }] = await knnSweep(
      labelled,
      { data: Float32Array.of(2, 0), rows: 1, cols: 2 },
      { ks: [3], temperature: 0.5 },
    );
    const [one, two, three] = [1, 0, Math.SQRT1_2].map((s) => Math.exp(s / 0.5));
    const sum = one + two + three;
    assertClose(predictions.probabilities.data, [one / sum, (two + three) / sum, 0], 1e-6);
  });

  it("takes all rows where k is larger than their number", async () => {
    const [all, more] = await knnSweep(few, few.vectors, { ks: [24, 1000] });
    assert.deepEqual(more.predictions, all.predictions);
    assert.equal((await trainKnn(few, { k: 1000 })).classifier.k, 24);
  });

  it("does not depend on the order of the training rows", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.integer({ min: 1, max: 24 }), async (seed, k) => {
        const random = seededRandom(seed);
        const order = Array.from({ length: 24 }, (_, i) => i)
          .map((i) => [random(), i])
          .sort(([a], [b]) => a - b)
          .map(([, i]) => i);
        const [a] = await knnSweep(few, few.vectors, { ks: [k] });
        const [b] = await knnSweep(takeLabelled(few, order), few.vectors, { ks: [k] });
        assertClose(b.predictions.probabilities.data, a.predictions.probabilities.data, 1e-6);
      }),
      { numRuns: 20 },
    );
  });

  it("stays finite at temperatures at which every weight would overflow", async () => {
    for (const temperature of [1e-300, 1e-5, 1e300]) {
      const [{ predictions }] = await knnSweep(few, few.vectors, { ks: [5], temperature });
      assert.ok(predictions.probabilities.data.every(Number.isFinite));
    }
  });

  it("gives the same bytes twice", async () => {
    assert.deepEqual(await knnSweep(train, test.vectors), await knnSweep(train, test.vectors));
  });

  it("stops when it is aborted, and between blocks", async () => {
    const aborted = AbortSignal.abort();
    await assert.rejects(knnSweep(few, few.vectors, { signal: aborted }), { name: "AbortError" });
    const controller = new AbortController();
    const many = takeRows(
      train.vectors,
      Int32Array.from({ length: 20_000 }, (_, i) => i % 1200),
    );
    const job = knnSweep(train, many, {
      ks: [1200],
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await assert.rejects(job, { name: "AbortError" });
  });

  it("refuses what it cannot answer, by name", async () => {
    const narrow = clouds([2, 2], 3).vectors;
    await assert.rejects(knnSweep(few, narrow), (e) => {
      return e instanceof ShapeError && e.argument === "test" && /3 numbers a row .* have 5/.test(e.message);
    });
    for (const ks of [[], [0], [1.5], [10, Number.NaN]])
      await assert.rejects(
        knnSweep(few, few.vectors, { ks }),
        (e) => e instanceof ArgumentError && e.argument === "ks",
      );
    for (const temperature of [0, -1, Number.NaN, Infinity])
      await assert.rejects(knnSweep(few, few.vectors, { temperature }), /temperature is/);
    const test = { ...few.vectors, data: few.vectors.data.slice() };
    test.data[11] = Number.NaN;
    await assert.rejects(
      knnSweep(few, test),
      (e) => e instanceof NotFiniteError && e.argument === "test" && e.row === 2,
    );
    test.data.fill(0, 10, 15);
    await assert.rejects(knnSweep(few, test), (e) => e instanceof DegenerateDataError && /row 2/.test(e.message));
  });
});

describe("trainKnn(data)", () => {
  it("keeps a copy of the rows: what happens to the caller's later changes no prediction", async () => {
    const rows = clouds([5, 5], 4);
    const { classifier } = await trainKnn(rows);
    const before = await predict(classifier, few.vectors.cols === 4 ? few.vectors : rows.vectors);
    const probe = { ...rows.vectors, data: rows.vectors.data.slice() };
    rows.vectors.data.fill(7);
    rows.labels.indices.fill(0);
    assert.deepEqual(await predict(classifier, probe), before);
  });

  it("finds directions after standardising where it is told to", async () => {
    const rows = clouds([10, 10], 4);
    for (let i = 0; i < rows.vectors.data.length; i++) rows.vectors.data[i] += 1000;
    const { classifier } = await trainKnn(rows, { k: 3, scaling: "standardise" });
    const { predicted } = await predict(classifier, rows.vectors);
    assert.deepEqual(predicted, rows.labels.indices);
  });

  it("works with a class of one picture, and gives a class without any the probability 0", async () => {
    const rows = clouds([1, 6, 0], 6);
    const { classifier } = await trainKnn(rows);
    const { probabilities, predicted } = await predict(classifier, rows.vectors);
    assert.equal(predicted[0], 0);
    for (let row = 0; row < rows.vectors.rows; row++) assert.equal(probabilities.data[row * 3 + 2], 0);
  });

  it("refuses one class, no rows, rows of zeros and rows without labels, by name", async () => {
    await assert.rejects(trainKnn(clouds([5, 0], 3)), (e) => {
      return e instanceof DegenerateDataError && /one class alone, "class 0"/.test(e.message);
    });
    const empty = { vectors: { data: new Float32Array(0), rows: 0, cols: 3 }, labels: few.labels };
    await assert.rejects(trainKnn(empty), ShapeError);
    await assert.rejects(trainKnn({ ...few, labels: clouds([2, 2], 3).labels }), (e) => {
      return e instanceof ShapeError && /holds 4 entries where there are 24 vectors/.test(e.message);
    });
    const zeros = { ...few, vectors: { ...few.vectors, data: few.vectors.data.slice().fill(0, 15, 20) } };
    await assert.rejects(trainKnn(zeros), (e) => e instanceof DegenerateDataError && /row 3/.test(e.message));
    const strange = { ...few.labels, indices: few.labels.indices.slice().fill(9, 4, 5) };
    await assert.rejects(trainKnn({ ...few, labels: strange }), /class 9 in row 4 where there are 3/);
  });
});
