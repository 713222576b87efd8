import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { classLabels } from "#dist/core/classify/class-labels.js";
import { predictionsOf } from "#dist/core/classify/predictions.js";
import { confidentDisagreements } from "#dist/core/evaluate/confident-disagreements.js";
import { matrix } from "#dist/core/numeric/matrix.js";
import { fixture } from "../../support/fixtures.js";

const expected = JSON.parse(readFileSync(fixture("numeric/evaluation.json"), "utf8"));

describe("confidentDisagreements(predictions, labels)", () => {
  it("names the rows that cleanlab names, in the order of its normalised margin", () => {
    const classes = ["0", "1", "2", "3", "4"];
    const predictions = predictionsOf(classes, matrix(Float32Array.from(expected.probabilities), 240, 5));
    const found = confidentDisagreements(predictions, classLabels(expected.labels, classes));
    assert.ok(found.length > 30);
    assert.deepEqual(
      found.map(({ row }) => row),
      expected.label_issues_by_margin,
    );
  });

  it("suggests the most probable class of those whose own threshold is reached", () => {
    // rows of a are given a with 0.9, those of b with 0.5: a needs 0.9 to be suggested, b 0.5
    const data = [0.9, 0.1, 0.9, 0.1, 0.5, 0.5, 0.5, 0.5, 0.45, 0.55, 0.6, 0.4];
    const predictions = predictionsOf(["a", "b"], matrix(Float32Array.from(data), 6, 2));
    const labels = classLabels([..."aabbab"]);
    const found = confidentDisagreements(predictions, labels, Uint8Array.of(1, 1, 1, 1, 1, 1));
    assert.deepEqual(
      found.map(({ row, given, suggested }) => [row, given, suggested]),
      [[4, 0, 1]],
    );
  });

  it("leaves out rows that are not judged, also from the thresholds", () => {
    const predictions = predictionsOf(["a", "b"], matrix(Float32Array.of(1, 0, 0.2, 0.8, 0, 1, 0.9, 0.1), 4, 2));
    const labels = classLabels([..."aabb"]);
    assert.deepEqual(
      confidentDisagreements(predictions, labels).map(({ row }) => row),
      [3, 1],
    );
    assert.deepEqual(
      confidentDisagreements(predictions, labels, Uint8Array.of(1, 1, 0, 0)).map(({ row }) => row),
      [],
    );
  });
});
