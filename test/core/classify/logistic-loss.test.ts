import assert from "node:assert/strict";
import fc from "fast-check";
import { holdRows } from "#dist/core/classify/logistic-loss.js";
import { seededRandom } from "#dist/core/numeric/random.js";
import { assertClose, normalMatrix } from "../../support/samples.js";

/** The sum of the cross-entropies, written out in float64. */
function lossOf(
  x: { data: Float32Array; rows: number; cols: number },
  labels: Int32Array,
  model: Float64Array,
): number {
  const classes = model.length / (x.cols + 1);
  let loss = 0;
  for (let i = 0; i < x.rows; i++) {
    const scores = Array.from({ length: classes }, (_, c) => {
      let score = model[classes * x.cols + c];
      for (let j = 0; j < x.cols; j++) score += x.data[i * x.cols + j] * model[c * x.cols + j];
      return score;
    });
    loss += Math.log(scores.reduce((sum, s) => sum + Math.exp(s - scores[labels[i]]), 0));
  }
  return loss;
}

function problem(seed: number, rows: number, cols: number, classes: number) {
  const random = seededRandom(seed);
  const x = normalMatrix(rows, cols, seed);
  const labels = Int32Array.from({ length: rows }, () => Math.floor(random() * classes));
  const model = Float64Array.from({ length: classes * (cols + 1) }, () => Math.fround(random() - 0.5));
  return { x, labels, model };
}

describe("holdRows(x, labels, classes)", () => {
  it("has a loss and a gradient as finite differences of the written-out loss, for any problem", async () => {
    const sizes = [
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 2, max: 5 }),
    ] as const;
    await fc.assert(
      fc.asyncProperty(fc.integer(), ...sizes, async (seed, rows, cols, classes) => {
        const { x, labels, model } = problem(seed, rows, cols, classes);
        const held = await holdRows({ ...x, data: x.data.slice() }, labels, classes);
        const { value, gradient } = await held.evaluate(model).finally(() => held.release());
        assertClose([value], [lossOf(x, labels, model)], 1e-5);
        const differences = model.map((_, i) => {
          const moved = (by: number) =>
            lossOf(
              x,
              labels,
              model.map((v, j) => (i === j ? v + by : v)),
            );
          return (moved(1e-5) - moved(-1e-5)) / 2e-5;
        });
        for (let i = 0; i < model.length; i++)
          assert.ok(Math.abs(gradient[i] - differences[i]) < 1e-4, `${gradient[i]} where ${differences[i]} is right`);
      }),
      { numRuns: 30 },
    );
  });

  it("keeps the digits of losses that are far below float32's distance from 1", async () => {
    const x = { data: Float32Array.of(1, -1), rows: 2, cols: 1 };
    const labels = Int32Array.of(0, 1);
    const held = await holdRows({ ...x, data: x.data.slice() }, labels, 2);
    const model = Float64Array.of(15, -15, 0, 0);
    const { value, gradient } = await held.evaluate(model).finally(() => held.release());
    assertClose([value], [2 * Math.log1p(Math.exp(-30))], 1e-5);
    assertClose(gradient, [-2 * Math.exp(-30), 2 * Math.exp(-30), 0, 0], 1e-5);
  });

  it("stays finite for scores of any size", async () => {
    const held = await holdRows({ data: Float32Array.of(1, -1), rows: 2, cols: 1 }, Int32Array.of(1, 0), 2);
    const { value } = await held.evaluate(Float64Array.of(1e6, -1e6, 0, 0)).finally(() => held.release());
    assertClose([value], [4e6], 1e-6);
  });

  it("counts the rows whose own class has the highest score, the first of equals", async () => {
    const held = await holdRows({ data: Float32Array.of(1, -1, 0), rows: 3, cols: 1 }, Int32Array.of(0, 1, 1), 2);
    const { right } = await held.test(Float64Array.of(1, -1, 0, 0)).finally(() => held.release());
    assert.equal(right, 2);
  });
});
