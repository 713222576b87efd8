import assert from "node:assert/strict";
import { checkTrainingSet } from "#dist/core/classify/training-rows.js";
import { ArgumentError, DegenerateDataError, ShapeError } from "#dist/core/errors.js";
import { clouds } from "../../support/labelled.js";

const data = clouds([3, 2, 0], 4);

describe("checkTrainingSet(data)", () => {
  it("takes two classes or more, others without rows, and validation rows of the same kind", () => {
    checkTrainingSet(data);
    checkTrainingSet({ ...data, validation: clouds([0, 1, 1], 4) });
  });

  it("refuses rows of one class alone", () => {
    assert.throws(
      () => checkTrainingSet(clouds([0, 4, 0], 4)),
      (e) => {
        return e instanceof DegenerateDataError && /one class alone, "class 1"/.test(e.message);
      },
    );
  });

  it("refuses no rows, other numbers of labels and classes that are not there", () => {
    const { vectors, labels } = data;
    const empty = {
      vectors: { data: new Float32Array(0), rows: 0, cols: 4 },
      labels: { ...labels, indices: new Int32Array(0) },
    };
    assert.throws(() => checkTrainingSet(empty), ShapeError);
    assert.throws(() => checkTrainingSet({ vectors, labels: clouds([1, 1], 4).labels }), ShapeError);
    assert.throws(
      () => checkTrainingSet({ vectors, labels: { ...labels, indices: Int32Array.of(0, 1, 0, -1, 0) } }),
      /holds class -1 in row 3 where there are 3/,
    );
  });

  it("refuses validation rows of another width, with other classes or without any", () => {
    assert.throws(
      () => checkTrainingSet({ ...data, validation: clouds([1, 1, 1], 5) }),
      (e) => e instanceof ShapeError && /5 numbers a row where the training rows have 4/.test(e.message),
    );
    assert.throws(
      () => checkTrainingSet({ ...data, validation: clouds([1, 1], 4) }),
      (e) => e instanceof ArgumentError && e.argument === "data.validation",
    );
    const none = {
      vectors: { data: new Float32Array(0), rows: 0, cols: 4 },
      labels: { ...data.labels, indices: new Int32Array(0) },
    };
    assert.throws(() => checkTrainingSet({ ...data, validation: none }), ShapeError);
  });
});
