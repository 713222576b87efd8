import assert from "node:assert/strict";
import fc from "fast-check";
import { type Evaluation, minimise } from "#dist/core/classify/lbfgs.js";
import { seededRandom } from "#dist/core/numeric/random.js";
import { assertClose } from "../../support/samples.js";

/** The sum of curvature_i (x_i - place_i)² / 2, with the numbers of its evaluations. */
function bowl(curvatures: readonly number[], place: readonly number[]) {
  const evaluations: number[] = [];
  const evaluate = async (x: Float64Array): Promise<Evaluation> => {
    const value = x.reduce((sum, v, i) => sum + (curvatures[i] * (v - place[i]) ** 2) / 2, 1);
    evaluations.push(value);
    return { value, gradient: x.map((v, i) => curvatures[i] * (v - place[i])) };
  };
  return { evaluate, evaluations };
}

/** A diagonal matrix times a vector. */
function times(diagonal: (i: number) => number): (vector: Float64Array) => Float64Array {
  return (vector) => vector.map((v, i) => diagonal(i) * v);
}

const settings = { isDone: (_: Evaluation, fall: number) => fall <= 1e-14, maxIterations: 200 };

describe("minimise(evaluate, start)", () => {
  it("finds the bottom of any bowl", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.integer({ min: 1, max: 20 }), async (seed, n) => {
        const random = seededRandom(seed);
        const curvatures = Array.from({ length: n }, () => 10 ** (2 * random() - 1));
        const place = Array.from({ length: n }, () => 2 * random() - 1);
        const { evaluate } = bowl(curvatures, place);
        const inverseCurvature = times(() => 0.1);
        const { x, converged } = await minimise(evaluate, new Float64Array(n), { inverseCurvature, ...settings });
        assert.ok(converged);
        place.forEach((p, i) => {
          assert.ok(Math.abs(x[i] - p) < 1e-5, `${x[i]} where ${p} is the bottom`);
        });
      }),
      { numRuns: 50 },
    );
  });

  it("takes one step where the first guess of the curvature is right", async () => {
    const { evaluate, evaluations } = bowl([2, 300, 0.01], [1, -2, 3]);
    const inverseCurvature = times((i) => [1 / 2, 1 / 300, 100][i]);
    const { x, iterations } = await minimise(evaluate, new Float64Array(3), { inverseCurvature, ...settings });
    assert.equal(iterations, 1);
    assert.equal(evaluations.length, 2);
    assertClose(x, [1, -2, 3], 1e-12);
  });

  it("never goes up, also where the first step would be far too long or too short", async () => {
    for (const guess of [1e6, 1e-6]) {
      const { evaluate } = bowl([1, 50], [3, -1]);
      const values: number[] = [];
      let start: Float64Array = new Float64Array(2);
      for (let i = 0; i < 8; i++) {
        const step = await minimise(evaluate, start, {
          inverseCurvature: times(() => guess),
          isDone: () => false,
          maxIterations: 1,
        });
        values.push(step.value);
        start = step.x;
      }
      assert.deepEqual(
        values,
        [...values].sort((a, b) => b - a),
      );
      assert.ok(values[7] < values[0]);
    }
  });

  it("does not say that it has converged when it ran out of iterations", async () => {
    const { evaluate } = bowl([1, 1000], [3, -1]);
    const inverseCurvature = times(() => 1);
    const { converged, iterations } = await minimise(evaluate, new Float64Array(2), {
      inverseCurvature,
      isDone: (_: Evaluation, fall: number) => fall <= 1e-14,
      maxIterations: 1,
    });
    assert.deepEqual([converged, iterations], [false, 1]);
  });

  it("ends without saying that it has converged where the value falls no more", async () => {
    // a gradient that points nowhere: each step along it goes up
    const evaluate = async (x: Float64Array): Promise<Evaluation> => ({
      value: 1 + Math.abs(x[0]),
      gradient: Float64Array.of(1),
    });
    const { converged, value } = await minimise(evaluate, Float64Array.of(0), {
      inverseCurvature: times(() => 1),
      ...settings,
    });
    assert.equal(converged, false);
    assert.ok(value - 1 < 1e-4, `${value} where it began with 1`);
  });

  it("stops when it is aborted", async () => {
    const controller = new AbortController();
    const { evaluate, evaluations } = bowl([1, 1000], [3, -1]);
    const aborting = (x: Float64Array) => {
      if (evaluations.length === 2) controller.abort();
      return evaluate(x);
    };
    const job = minimise(aborting, new Float64Array(2), {
      inverseCurvature: times(() => 1),
      ...settings,
      signal: controller.signal,
    });
    await assert.rejects(job, { name: "AbortError" });
    assert.ok(evaluations.length <= 3);
  });
});
