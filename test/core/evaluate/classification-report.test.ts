import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { type ClassLabels, classLabels } from "#dist/core/classify/class-labels.js";
import { type Predictions, predictionsOf } from "#dist/core/classify/predictions.js";
import { ArgumentError, NotFiniteError, ShapeError } from "#dist/core/errors.js";
import { classificationReport } from "#dist/core/evaluate/classification-report.js";
import { fixture } from "../../support/fixtures.js";

const expected = JSON.parse(readFileSync(fixture("numeric/evaluation.json"), "utf8"));
const classes = ["0", "1", "2", "3", "4"];
const labels = classLabels(expected.labels, classes);
const predictions = predictionsOf(classes, {
  data: Float32Array.from(expected.probabilities),
  ...{ rows: labels.indices.length, cols: classes.length },
});

function close(actual: number, wanted: number, tolerance = 1e-6): void {
  assert.ok(Math.abs(actual - wanted) <= tolerance * Math.max(1, Math.abs(wanted)), `${actual} for ${wanted}`);
}

/** Predictions that are sure of a class in each row. */
function sure(names: readonly string[], chosen: readonly number[]): Predictions {
  const data = new Float32Array(chosen.length * names.length);
  chosen.forEach((c, row) => {
    data[row * names.length + c] = 1;
  });
  return predictionsOf(names, { data, rows: chosen.length, cols: names.length });
}

function reordered({ classes: names, probabilities: { data, cols } }: Predictions, of: ClassLabels, order: number[]) {
  const probabilities = Float32Array.from(order.flatMap((row) => [...data.subarray(row * cols, (row + 1) * cols)]));
  return [
    predictionsOf(names, { data: probabilities, rows: order.length, cols }),
    { classes: of.classes, indices: Int32Array.from(order, (row) => of.indices[row]) },
  ] as const;
}

describe("classificationReport(predictions, labels)", () => {
  const report = classificationReport(predictions, labels);

  it("gives scikit-learn's accuracy, balanced accuracy, confusion matrix, recalls and precisions", () => {
    close(report.accuracy.value, expected.accuracy, 1e-12);
    close(report.balancedAccuracy, expected.balanced_accuracy, 1e-12);
    assert.deepEqual([...report.confusion], expected.confusion);
    report.perClass.forEach(({ recall, precision }, c) => {
      close(recall, expected.recall[c], 1e-12);
      close(precision, expected.precision[c], 1e-12);
    });
    assert.equal(report.correct, report.accuracy.value * 240);
  });

  it("gives scikit-learn's log loss, with a wrong class that was predicted with certainty among the rows", () => {
    assert.ok(predictions.probabilities.data[labels.indices[0]] === 0);
    close(report.logLoss, expected.log_loss);
  });

  it("gives the expected calibration error and the bins that NumPy finds", () => {
    close(report.calibration.expectedError, expected.expected_calibration_error);
    assert.equal(report.calibration.bins.length, expected.bins.length);
    report.calibration.bins.forEach((bin, i) => {
      const wanted = expected.bins[i];
      assert.deepEqual([bin.from, bin.rows], [wanted.from, wanted.rows]);
      close(bin.meanConfidence, wanted.mean_confidence);
      close(bin.accuracy, wanted.accuracy);
    });
  });

  it("names the share of the largest class as what a constant answer reaches", () => {
    const largest = [0, 1, 2, 3, 4].map((c) => expected.labels.filter((y: number) => y === c).length);
    assert.equal(report.majorityShare, Math.max(...largest) / 240);
    const constant = sure(classes, new Array(240).fill(largest.indexOf(Math.max(...largest))));
    const found = classificationReport(constant, labels);
    assert.equal(found.accuracy.value, report.majorityShare);
    close(found.balancedAccuracy, 0.2, 1e-12);
  });

  it("does not depend on the order of the rows, to rounding", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...labels.indices.keys()], { minLength: 240 }), (order) => {
        const found = classificationReport(...reordered(predictions, labels, order));
        assert.deepEqual([found.confusion, found.accuracy], [report.confusion, report.accuracy]);
        close(found.logLoss, report.logLoss, 1e-12);
        close(found.calibration.expectedError, report.calibration.expectedError, 1e-12);
      }),
      { numRuns: 20 },
    );
  });

  it("leaves classes without rows out of the balanced accuracy and gives them NaN", () => {
    const found = classificationReport(sure(["a", "b", "c"], [0, 0, 1]), classLabels(["a", "b", "b"], ["a", "b", "c"]));
    assert.equal(found.balancedAccuracy, 0.75);
    assert.deepEqual(found.perClass[2], { label: "c", support: 0, recall: Number.NaN, precision: Number.NaN });
    assert.deepEqual([...found.confusion], [1, 0, 0, 1, 1, 0, 0, 0, 0]);
  });

  it("refuses predictions over other classes, of other rows, and what is no probability", () => {
    const truth = classLabels([..."ab"]);
    const good = sure(["a", "b"], [0, 1]);
    assert.throws(() => classificationReport(sure(["b", "a"], [0, 1]), truth), ArgumentError);
    assert.throws(() => classificationReport(sure(["a", "b"], [0]), truth), ShapeError);
    assert.throws(() => classificationReport(sure(["a", "b"], []), classLabels([], ["a", "b"])), ShapeError);
    const withData = (data: number[]) => ({
      ...good,
      probabilities: { data: Float32Array.from(data), rows: 2, cols: 2 },
    });
    assert.throws(() => classificationReport(withData([1, 0, Number.NaN, 1]), truth), NotFiniteError);
    assert.throws(() => classificationReport(withData([1, 0, 0.5, 1]), truth), /add up to 1.5 in row 1/);
    assert.throws(() => classificationReport(withData([1, 0, -0.5, 1.5]), truth), ArgumentError);
    assert.throws(() => classificationReport({ ...good, predicted: Int32Array.of(0, 7) }, truth), /class 7 in row 1/);
    assert.throws(() => classificationReport(good, truth, { bins: 0 }), ArgumentError);
  });
});
