import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { classLabels } from "#dist/core/classify/class-labels.js";
import type { LabelledRows } from "#dist/core/classify/head.js";
import { type LogisticOptions, trainLogistic } from "#dist/core/classify/logistic-regression.js";
import { predict } from "#dist/core/classify/predict.js";
import { ArgumentError, DegenerateDataError, NotFiniteError, ShapeError } from "#dist/core/errors.js";
import { takeLabelled } from "#dist/core/evaluate/labelled-rows.js";
import type { Matrix } from "#dist/core/numeric/matrix.js";
import { splitDigits } from "../../support/digits.js";
import { fixture } from "../../support/fixtures.js";
import { accuracyOf, clouds } from "../../support/labelled.js";
import { readFixture } from "../../support/safetensors.js";
import { assertClose } from "../../support/samples.js";

interface OnDigits {
  C: number;
  accuracy: number;
  mean_log_loss_train: number;
  coefficient_norm: number;
}

interface OnSomeDigits {
  digits: number[];
  rows: number[];
  C: number;
  mean_log_loss: number;
  coefficient_norm: number;
  coefficients: number[][];
  intercepts: number[];
}

const { train, test } = splitDigits();
const onDigits: OnDigits[] = JSON.parse(readFileSync(fixture("numeric/values.json"), "utf8")).logistic;
const onSome: OnSomeDigits[] = JSON.parse(readFileSync(fixture("numeric/logistic.json"), "utf8"));
const few = clouds([12, 9, 10], 5);

function norm(numbers: ArrayLike<number>): number {
  return Math.sqrt(Array.from(numbers).reduce((sum, v) => sum + v * v, 0));
}

function assertNear(actual: number, expected: number, tolerance: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= tolerance * Math.abs(expected), `${what} ${actual}, expected ${expected}`);
}

/** The digits as scikit-learn has them. */
function allDigits(): LabelledRows {
  const arrays = readFixture("numeric/arrays.safetensors");
  const { data, shape } = arrays.uint8("digits.x");
  const vectors = { data: Float32Array.from(data), rows: shape[0], cols: shape[1] };
  return { vectors, labels: classLabels(arrays.int32("digits.y").data) };
}

/** The rows of the digits that generate.py takes, in the order that they have there. */
function someDigits(names: readonly number[], counts: readonly number[]): LabelledRows {
  const all = allDigits();
  const rows = names.flatMap((name, c) =>
    Array.from(all.labels.indices.keys())
      .filter((row) => all.labels.indices[row] === name)
      .slice(0, counts[c]),
  );
  const { vectors, labels } = takeLabelled(all, rows);
  return {
    vectors,
    labels: { classes: names.map(String), indices: labels.indices.map((digit) => names.indexOf(digit)) },
  };
}

/** Rows with another matrix in the place of theirs. */
function withVectors({ labels }: LabelledRows, vectors: Matrix): LabelledRows {
  return { labels, vectors };
}

function mapped({ data, rows, cols }: Matrix, change: (value: number, row: number, col: number) => number): Matrix {
  return { data: data.map((v, i) => change(v, Math.floor(i / cols), i % cols)), rows, cols };
}

function probabilitiesOf(data: LabelledRows, options: LogisticOptions, asked = data.vectors) {
  return trainLogistic(data, options).then(
    async ({ classifier }) => (await predict(classifier, asked)).probabilities.data,
  );
}

describe("trainLogistic(data)", () => {
  for (const expected of onDigits)
    it(`has scikit-learn's loss, norm and accuracy on the digits with C = ${expected.C}`, async () => {
      const trained = await trainLogistic(train, { c: expected.C, scaling: "l2" });
      assert.ok(trained.converged);
      assertNear(trained.trainLoss, expected.mean_log_loss_train, 1e-3, "loss");
      assertNear(norm(trained.classifier.weights.data), expected.coefficient_norm, 1e-3, "norm");
      const { predicted } = await predict(trained.classifier, test.vectors);
      const right = accuracyOf(predicted, test.labels.indices) * test.vectors.rows;
      assert.ok(Math.abs(right - expected.accuracy * test.vectors.rows) <= 1, `${right} right`);
    });

  for (const expected of onSome)
    it(`has scikit-learn's model of raw pixels of ${expected.digits.join(", ")} with C = ${expected.C}`, async () => {
      const { classifier, trainLoss, converged } = await trainLogistic(someDigits(expected.digits, expected.rows), {
        c: expected.C,
        maxIterations: 5000,
      });
      assert.ok(converged);
      // of classes that can be parted nearly all of the objective is the penalty
      assertNear(trainLoss, expected.mean_log_loss, expected.C > 1 ? 5e-3 : 1e-3, "loss");
      const { data, cols } = classifier.weights;
      const bias = Array.from(classifier.bias);
      // with two classes scikit-learn has one vector: the log odds of the second
      const two = expected.digits.length === 2;
      const weights = two ? Array.from({ length: cols }, (_, j) => data[cols + j] - data[j]) : Array.from(data);
      assertNear(norm(weights), expected.coefficient_norm, 1e-3, "norm");
      assertClose(weights, expected.coefficients.flat(), 1e-2);
      const mean = two ? 0 : bias.reduce((sum, b) => sum + b, 0) / bias.length;
      assertClose(two ? [bias[1] - bias[0]] : bias.map((b) => b - mean), expected.intercepts, 1e-2);
    });

  it("has weights and biases that add up to 0 over the classes, and began with zeros", async () => {
    const { classifier, start } = await trainLogistic(few, { c: 10 });
    const sum = (data: Float32Array, cols: number) =>
      Array.from({ length: cols }, (_, j) => [0, 1, 2].reduce((total, c) => total + data[c * cols + j], 0));
    assertClose([...sum(classifier.weights.data, 5), 1], [0, 0, 0, 0, 0, 1], 1e-5);
    assert.deepEqual(start, { weights: new Float32Array(15), bias: new Float32Array(3) });
    assert.ok(classifier.bias.some((b) => b !== 0));
  });

  it("says the same of features that are turned, moved, or have a constant column more", async () => {
    const angle = 0.7;
    const turned = mapped(few.vectors, (v, row, col) => {
      const [a, b] = [few.vectors.data[row * 5], few.vectors.data[row * 5 + 1]];
      if (col === 0) return Math.cos(angle) * a - Math.sin(angle) * b;
      return col === 1 ? Math.sin(angle) * a + Math.cos(angle) * b : v;
    });
    const moved = mapped(few.vectors, (v, _, col) => v + 3 * col);
    const { rows } = few.vectors;
    const wider = { data: new Float32Array(rows * 6).fill(7), rows, cols: 6 };
    for (let i = 0; i < rows; i++) wider.data.set(few.vectors.data.subarray(i * 5, (i + 1) * 5), i * 6);
    const expected = await probabilitiesOf(few, { c: 3 });
    for (const vectors of [turned, moved, wider])
      assertClose(await probabilitiesOf(withVectors(few, vectors), { c: 3 }), expected, 1e-3);
  });

  it("says the same of features of another size with a C of another size", async () => {
    const expected = await probabilitiesOf(few, { c: 3 });
    for (const factor of [1e6, 1e-6]) {
      const other = mapped(few.vectors, (v) => factor * v);
      assertClose(await probabilitiesOf(withVectors(few, other), { c: 3 / factor ** 2 }), expected, 1e-3);
    }
  });

  it("says the same of every row given twice with half the C", async () => {
    const twice = takeLabelled(few, [...few.labels.indices.keys(), ...few.labels.indices.keys()]);
    assertClose(await probabilitiesOf(twice, { c: 0.5 }, few.vectors), await probabilitiesOf(few, { c: 1 }), 1e-3);
  });

  it("comes to the frequencies of the classes with a small C, and to the classes of rows that can be parted with a large one", async () => {
    const flat = await probabilitiesOf(few, { c: 1e-9 });
    assertClose(flat.subarray(0, 3), [12 / 31, 9 / 31, 10 / 31], 1e-4);
    const sharp = await probabilitiesOf(clouds([9, 9], 20), { c: 1e5 });
    assert.ok(sharp.every((p) => p < 1e-3 || p > 1 - 1e-3));
  });

  it("gives a class without training rows the probability 0, in numbers that are finite", async () => {
    const labels = { classes: ["none", ...few.labels.classes], indices: few.labels.indices.map((c) => c + 1) };
    const { classifier } = await trainLogistic({ vectors: few.vectors, labels });
    assert.ok([...classifier.weights.data, ...classifier.bias].every(Number.isFinite));
    const { probabilities, predicted } = await predict(classifier, few.vectors);
    const without = await probabilitiesOf(few, {});
    for (let i = 0; i < few.vectors.rows; i++) {
      assert.equal(probabilities.data[i * 4], 0);
      assertClose(probabilities.data.subarray(i * 4 + 1, i * 4 + 4), without.subarray(i * 3, i * 3 + 3), 1e-6);
      assert.notEqual(predicted[i], 0);
    }
  });

  it("converges for rows of any number and width, more classes than rows of one among them", async () => {
    const sizes = [
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 8 }),
      fc.integer({ min: 1, max: 9 }),
    ] as const;
    await fc.assert(
      fc.asyncProperty(
        ...sizes,
        fc.integer(),
        fc.double({ min: -6, max: 5, noNaN: true }),
        async (counts, dim, seed, power) => {
          const data = clouds(counts, dim, { seed });
          const { classifier, converged, trainLoss } = await trainLogistic(data, { c: 10 ** power });
          // above that the rounding of float32 may hide the rest of the way, which is said
          assert.ok(converged || power > 3, `not converged with C = 10^${power}`);
          const frequencies = counts.map((n) => n / data.vectors.rows);
          const known = frequencies.reduce((sum, f) => sum - f * Math.log(f), 0);
          assert.ok(trainLoss <= known * (1 + 1e-6), `${trainLoss} where the frequencies alone give ${known}`);
          assert.ok(classifier.weights.data.every(Number.isFinite));
        },
      ),
      { numRuns: 40 },
    );
  });

  it("gives the same bytes for the same input", async () => {
    const [a, b] = [await trainLogistic(train, { scaling: "l2" }), await trainLogistic(train, { scaling: "l2" })];
    assert.deepEqual(a, b);
  });

  it("leaves what it is given as it was", async () => {
    const before = few.vectors.data.slice();
    for (const scaling of ["none", "l2", "standardise"] as const) await trainLogistic(few, { scaling });
    assert.deepEqual(few.vectors.data, before);
  });

  it("says that it has not converged when it is given too few iterations", async () => {
    const trained = await trainLogistic(train, { c: 100, scaling: "l2", maxIterations: 3 });
    assert.equal(trained.converged, false);
  });

  it("stops when it is aborted", async () => {
    const controller = new AbortController();
    const job = trainLogistic(train, { c: 1e4, scaling: "l2", signal: controller.signal });
    setTimeout(() => controller.abort(), 5);
    await assert.rejects(job, { name: "AbortError" });
    await assert.rejects(trainLogistic(few, { signal: AbortSignal.abort() }), { name: "AbortError" });
  });

  it("refuses what nothing can be learnt from", async () => {
    const one = { ...few, labels: { classes: ["a", "b", "c"], indices: new Int32Array(31).fill(1) } };
    await assert.rejects(
      trainLogistic(one),
      (error) => error instanceof DegenerateDataError && /"b"/.test(error.message),
    );
    const equal = withVectors(
      few,
      mapped(few.vectors, (_, __, col) => col + 0.1),
    );
    await assert.rejects(trainLogistic(equal), DegenerateDataError);
    const bad = withVectors(
      few,
      mapped(few.vectors, (v, row) => (row === 4 ? Number.NaN : v)),
    );
    await assert.rejects(trainLogistic(bad), (error) => error instanceof NotFiniteError && error.row === 4);
    const short = { ...few, labels: { ...few.labels, indices: few.labels.indices.slice(1) } };
    await assert.rejects(trainLogistic(short), ShapeError);
  });

  it("refuses options that are out of their range", async () => {
    for (const options of [
      { c: 0 },
      { c: -1 },
      { c: Number.NaN },
      { c: Infinity },
      { tolerance: 0 },
      { maxIterations: 0 },
    ]) {
      const [name] = Object.keys(options);
      await assert.rejects(
        trainLogistic(few, options),
        (error) => error instanceof ArgumentError && error.argument === name,
      );
    }
  });
});
