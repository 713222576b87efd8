import assert from "node:assert/strict";
import { trainCentroid } from "#dist/core/classify/nearest-centroid.js";
import { predict } from "#dist/core/classify/predict.js";
import { ArgumentError, DegenerateDataError, NotFiniteError } from "#dist/core/errors.js";
import { takeLabelled } from "#dist/core/evaluate/labelled-rows.js";
import { splitDigits } from "../../support/digits.js";
import { accuracyOf, clouds } from "../../support/labelled.js";
import { assertClose } from "../../support/samples.js";

const { train, test } = splitDigits();
const rows = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

/** Two numbers a row, and its class. */
function plane(points: readonly (readonly [number, number, number])[], classes: readonly string[]) {
  return {
    vectors: { data: Float32Array.from(points.flatMap((point) => point.slice(0, 2))), rows: points.length, cols: 2 },
    labels: { classes, indices: Int32Array.from(points, ([, , c]) => c) },
  };
}

/** Mean of -log p of the true class. */
async function logLoss(temperature: number | undefined): Promise<number> {
  const options = temperature === undefined ? {} : { temperature };
  const { classifier } = await trainCentroid(train, options);
  const { probabilities } = await predict(classifier, test.vectors);
  const { indices } = test.labels;
  return indices.reduce((sum, c, row) => sum - Math.log(probabilities.data[row * 10 + c]), 0) / indices.length;
}

describe("trainCentroid(data)", () => {
  it("averages directions, so that a row's length does not weigh", async () => {
    const data = plane(
      [
        [100, 0, 0],
        [0, 1, 0],
        [-3, 0, 1],
        [-4, 0, 1],
      ],
      ["a", "b"],
    );
    const { centroids } = (await trainCentroid(data)).classifier;
    assertClose(centroids.data, [Math.SQRT1_2, Math.SQRT1_2, -1, 0], 1e-6);
  });

  it("gives the class of the nearest mean direction, and shares exp(cosine / temperature)", async () => {
    const data = plane(
      [
        [1, 0, 0],
        [0, 2, 1],
      ],
      ["a", "b"],
    );
    const { classifier } = await trainCentroid(data, { temperature: 0.5 });
    const { probabilities, predicted } = await predict(classifier, {
      data: Float32Array.of(3, 4, 4, 3),
      rows: 2,
      cols: 2,
    });
    assert.deepEqual([...predicted], [1, 0]);
    const share = 1 / (1 + Math.exp((0.8 - 0.6) / 0.5));
    assertClose(probabilities.data, [share, 1 - share, 1 - share, share], 1e-6);
  });

  it("is right on most digits", async () => {
    const { classifier } = await trainCentroid(train);
    const { predicted } = await predict(classifier, test.vectors);
    assert.ok(accuracyOf(predicted, test.labels.indices) > 0.88);
  });

  it("chooses a temperature on the training rows, each left out, that suits rows that it has not seen", async () => {
    const chosen = await logLoss(undefined);
    for (const temperature of [0.01, 0.05, 0.1, 0.3, 1]) assert.ok(chosen <= (await logLoss(temperature)) + 0.02);
  });

  it("chooses the temperature on validation rows where there are any", async () => {
    const wrong = clouds([20, 20], 8, { seed: 2 });
    const data = clouds([20, 20], 8);
    const swapped = { ...data.labels, indices: data.labels.indices.map((c) => 1 - c) };
    const sure = await trainCentroid({ ...data, validation: data });
    const unsure = await trainCentroid({ ...data, validation: { ...data, labels: swapped } });
    assert.ok(sure.notes.chosen.temperature < 0.1);
    assert.equal(unsure.notes.chosen.temperature, 1);
    assert.notEqual((await trainCentroid({ ...data, validation: wrong })).notes.chosen.temperature, undefined);
  });

  it("does without a choice where each class has one row, and says so", async () => {
    const { classifier, notes } = await trainCentroid(clouds([1, 1, 1], 4));
    assert.equal(classifier.temperature, 0.1);
    assert.match(String(notes.remarks), /no class has two rows/);
  });

  it("gives a class without training rows the centroid NaN and the probability 0", async () => {
    const data = clouds([4, 0, 4], 5);
    const { classifier } = await trainCentroid({ ...data, validation: clouds([1, 2, 1], 5) });
    assert.ok(classifier.centroids.data.subarray(5, 10).every(Number.isNaN));
    const { probabilities } = await predict(classifier, data.vectors);
    for (let row = 0; row < 8; row++) {
      assert.equal(probabilities.data[row * 3 + 1], 0);
      assert.ok(Number.isFinite(probabilities.data[row * 3]));
    }
  });

  it("does not depend on the order of the training rows, and gives the same bytes twice", async () => {
    const data = takeLabelled(train, rows(0, 200));
    const a = await trainCentroid(data);
    assert.deepEqual(a, await trainCentroid(data));
    const b = await trainCentroid(takeLabelled(train, rows(0, 200).reverse()));
    assertClose(b.classifier.centroids.data, a.classifier.centroids.data, 1e-6);
    assert.equal(b.classifier.temperature, a.classifier.temperature);
  });

  it("refuses one class, directions that cancel out, rows of zeros, NaN and temperatures of 0, by name", async () => {
    await assert.rejects(trainCentroid(clouds([5, 0], 3)), DegenerateDataError);
    const opposite = plane(
      [
        [1, 1, 0],
        [-1, -1, 0],
        [1, 0, 1],
      ],
      ["around", "east"],
    );
    await assert.rejects(trainCentroid(opposite), (e) => {
      return e instanceof DegenerateDataError && /of class "around" cancel out/.test(e.message);
    });
    const data = clouds([3, 3], 2);
    const filled = (value: number) => ({
      ...data,
      vectors: { ...data.vectors, data: data.vectors.data.slice().fill(value, 4, 6) },
    });
    await assert.rejects(trainCentroid(filled(0)), (e) => e instanceof DegenerateDataError && /row 2/.test(e.message));
    await assert.rejects(trainCentroid(filled(Number.NaN)), (e) => e instanceof NotFiniteError && e.row === 2);
    await assert.rejects(trainCentroid(data, { temperature: 0 }), ArgumentError);
    await assert.rejects(trainCentroid(data, { signal: AbortSignal.abort() }), { name: "AbortError" });
  });
});
