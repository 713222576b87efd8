import assert from "node:assert/strict";
import { trainedParameters } from "#dist/core/classify/classifier.js";
import type { LearningPoint } from "#dist/core/classify/head.js";
import { type MlpOptions, trainMlp } from "#dist/core/classify/mlp.js";
import { predict } from "#dist/core/classify/predict.js";
import { ArgumentError, DegenerateDataError, NotFiniteError, ShapeError } from "#dist/core/errors.js";
import { takeLabelled } from "#dist/core/evaluate/labelled-rows.js";
import { splitDigits } from "../../support/digits.js";
import { accuracyOf, clouds } from "../../support/labelled.js";

const { train, test } = splitDigits();
const rows = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const withValidation = { ...takeLabelled(train, rows(0, 1000)), validation: takeLabelled(train, rows(1000, 1200)) };
const small = clouds([12, 12, 12], 6);
const quick: MlpOptions = { hidden: 8, epochs: 3, batchSize: 10 };

describe("trainMlp(data)", () => {
  it("learns the digits, and stops before the last epoch once validation no longer improves", async () => {
    const { classifier, notes } = await trainMlp(withValidation, { hidden: 64, learningRate: 0.01, patience: 4 });
    const { predicted } = await predict(classifier, test.vectors);
    assert.ok(accuracyOf(predicted, test.labels.indices) > 0.95);
    const epochs = notes.epochs ?? [];
    assert.ok(epochs.length < 100);
    assert.equal(epochs.length, notes.chosen.epoch + 4);
    assert.equal(notes.remarks, undefined);
  });

  it("gives back the weights of the epoch with the lowest validation loss", async () => {
    const { classifier, notes } = await trainMlp(withValidation, { hidden: 32, learningRate: 0.03, patience: 3 });
    const losses = (notes.epochs ?? []).map(({ validationLoss = Number.NaN }) => validationLoss);
    assert.equal(notes.chosen.epoch, losses.indexOf(Math.min(...losses)) + 1);
    const { vectors, labels } = withValidation.validation;
    const { probabilities } = await predict(classifier, vectors);
    const loss = labels.indices.reduce((sum, c, row) => sum - Math.log(probabilities.data[row * 10 + c]), 0) / 200;
    assert.ok(Math.abs(loss - Math.min(...losses)) < 1e-5, `${loss} where ${Math.min(...losses)} was reported`);
  });

  it("runs all epochs without validation rows and says so", async () => {
    const { notes } = await trainMlp(small, quick);
    assert.deepEqual(
      (notes.epochs ?? []).map(({ epoch, validationLoss }) => [epoch, validationLoss]),
      [1, 2, 3].map((epoch) => [epoch, undefined]),
    );
    assert.deepEqual(notes.remarks, ["no validation rows to choose when to stop: all 3 epochs were run"]);
    assert.deepEqual(notes.chosen, {});
  });

  it("gives the same bytes for the same seed, and others for another", async () => {
    const [a, b, c] = [
      await trainMlp(small, quick),
      await trainMlp(small, quick),
      await trainMlp(small, { ...quick, seed: 1 }),
    ];
    assert.deepEqual(a, b);
    assert.notDeepEqual(a.classifier.hidden, c.classifier.hidden);
  });

  it("moves every parameter from its start", async () => {
    const { classifier, start } = await trainMlp(small, quick);
    const end = trainedParameters(classifier);
    assert.deepEqual(Object.keys(start), Object.keys(end));
    for (const name of Object.keys(end)) assert.notDeepEqual(start[name], end[name], name);
  });

  it("sees training rows alone in its scaling, whatever the validation rows are", async () => {
    const far = { ...small.vectors, data: small.vectors.data.map((v) => 1000 * v) };
    const { classifier } = await trainMlp({ ...small, validation: { ...small, vectors: far } }, quick);
    assert.deepEqual(classifier.scaling, (await trainMlp(small, quick)).classifier.scaling);
  });

  it("does not change what it is given", async () => {
    const before = structuredClone(small);
    await trainMlp(small, { ...quick, scaling: "none" });
    assert.deepEqual(small, before);
  });

  it("gives a class without training rows the probability 0, and lets its validation rows choose nothing", async () => {
    const data = clouds([8, 0, 8], 5);
    const stray = { vectors: clouds([2, 2, 2], 5).vectors, labels: clouds([2, 2, 2], 5).labels };
    const { classifier, notes, start } = await trainMlp({ ...data, validation: stray }, quick);
    assert.ok((notes.epochs ?? []).every(({ validationLoss = Number.NaN }) => Number.isFinite(validationLoss)));
    const { probabilities } = await predict(classifier, data.vectors);
    for (let row = 0; row < 16; row++) {
      assert.equal(probabilities.data[row * 3 + 1], 0);
      assert.ok(Number.isFinite(probabilities.data[row * 3]));
    }
    assert.equal(start.outputBias.length, 3);
    const all = await trainMlp({ ...data, validation: takeLabelled(stray, [1]) }, quick);
    assert.match(String(all.notes.remarks), /no validation rows/);
  });

  it("works with more classes than a batch has rows, and with one row a class", async () => {
    const { classifier } = await trainMlp(clouds([1, 1, 1, 1, 1, 0, 0, 0, 0], 4), {
      ...quick,
      batchSize: 2,
      epochs: 200,
      learningRate: 0.01,
    });
    const { predicted } = await predict(classifier, clouds([1, 1, 1, 1, 1, 0, 0, 0, 0], 4).vectors);
    assert.deepEqual([...predicted], [0, 1, 2, 3, 4]);
  });

  it("reports each epoch as it ends", async () => {
    const seen: [number, number, LearningPoint][] = [];
    const { notes } = await trainMlp(small, { ...quick, onProgress: (...report) => seen.push(report) });
    assert.deepEqual(
      seen,
      (notes.epochs ?? []).map((point) => [point.epoch, 3, point]),
    );
  });

  it("stops when it is aborted", async () => {
    const controller = new AbortController();
    const job = trainMlp(small, {
      ...quick,
      epochs: 1e6,
      signal: controller.signal,
      onProgress: (done) => done === 2 && controller.abort(),
    });
    await assert.rejects(job, { name: "AbortError" });
    await assert.rejects(trainMlp(small, { signal: AbortSignal.abort() }), { name: "AbortError" });
  });

  it("says that the learning rate is too large where the loss leaves the range of numbers", async () => {
    for (const learningRate of [1e25, 1e38])
      await assert.rejects(
        trainMlp({ ...small, validation: small }, { ...quick, learningRate, epochs: 50 }),
        (e) =>
          e instanceof ArgumentError &&
          e.argument === "learningRate" &&
          /training left the range of numbers in epoch \d+: give a smaller one, such as 0.001$/.test(e.message),
      );
    const huge = { ...small, vectors: { ...small.vectors, data: small.vectors.data.map((v) => v * 1e37) } };
    await assert.rejects(
      trainMlp(huge, { ...quick, scaling: "none" }),
      /or the scaling "standardise" instead of "none"/,
    );
  });

  it("refuses what it cannot train on, by name", async () => {
    await assert.rejects(trainMlp(clouds([5, 0], 3)), DegenerateDataError);
    await assert.rejects(trainMlp({ ...small, vectors: { data: new Float32Array(0), rows: 0, cols: 6 } }), ShapeError);
    await assert.rejects(trainMlp({ ...small, labels: train.labels }), ShapeError);
    const bad = { ...small, vectors: { ...small.vectors, data: small.vectors.data.slice().fill(Number.NaN, 13, 14) } };
    await assert.rejects(trainMlp(bad), (e) => e instanceof NotFiniteError && e.row === 2);
    for (const options of [
      { hidden: 0 },
      { epochs: 0 },
      { batchSize: 1.5 },
      { patience: -1 },
      { learningRate: 0 },
      { weightDecay: -1 },
    ])
      await assert.rejects(
        trainMlp(small, options),
        (e) => e instanceof ArgumentError && e.argument === Object.keys(options)[0],
      );
  });
});
