import assert from "node:assert/strict";
import fc from "fast-check";
import type { LabelledRows } from "#dist/core/classify/head.js";
import { trainLogistic } from "#dist/core/classify/logistic-regression.js";
import { predict } from "#dist/core/classify/predict.js";
import { coordinatesSteps, fromCoordinates, rowSpaceSteps } from "#dist/core/classify/row-space.js";
import { takeLabelled } from "#dist/core/evaluate/labelled-rows.js";
import { finish } from "#dist/core/numeric/steps.js";
import { clouds } from "../../support/labelled.js";
import { assertClose, normalMatrix } from "../../support/samples.js";

describe("rowSpaceSteps(rows)", () => {
  it("gives coordinates that make the rows again, equal rows and rows of zeros among them", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 24, max: 40 }), fc.nat(), (rows, cols, seed) => {
        const x = normalMatrix(rows, cols, seed, { deviation: () => 1 });
        if (rows > 2) x.data.copyWithin(cols, 0, cols);
        if (rows > 3) x.data.fill(0, 2 * cols, 3 * cols);
        const space = finish(rowSpaceSteps(x))!;
        assert.equal(space.rank, rows);
        const coordinates = finish(coordinatesSteps(x, space));
        assertClose(fromCoordinates(Float64Array.from(coordinates.data), space), x.data, 1e-6);
      }),
    );
  });

  it("saves nothing where the rows are more than half of the columns", () => {
    assert.equal(finish(rowSpaceSteps(normalMatrix(13, 24, 1))), undefined);
  });
});

describe("trainLogistic(data) of few rows", () => {
  it("says the same in the coordinates of their space as in all columns", async () => {
    const rows: LabelledRows = clouds([6, 5, 5], 40);
    const twice = takeLabelled(rows, [...rows.labels.indices.keys(), ...rows.labels.indices.keys()]);
    const few = await trainLogistic(rows, { c: 2, tolerance: 1e-9 });
    const whole = await trainLogistic(twice, { c: 1, tolerance: 1e-9 });
    assertClose(few.classifier.weights.data, whole.classifier.weights.data, 1e-4);
    const others = clouds([20, 20, 20], 40, { seed: 2 }).vectors;
    const [a, b] = [await predict(few.classifier, others), await predict(whole.classifier, others)];
    assertClose(a.probabilities.data, b.probabilities.data, 1e-4);
  });
});
