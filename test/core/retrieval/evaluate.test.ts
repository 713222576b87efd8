import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { ArgumentError, NotFiniteError, ShapeError } from "#dist/core/errors.js";
import { matrix } from "#dist/core/numeric/matrix.js";
import { evaluateRetrieval } from "#dist/core/retrieval/evaluate.js";
import { fixture } from "../../support/fixtures.js";
import { readFixture } from "../../support/safetensors.js";
import { normalMatrix } from "../../support/samples.js";

const expected = JSON.parse(readFileSync(fixture("numeric/values.json"), "utf8")).retrieval_digits_first_300;

function within(actual: number, wanted: number): void {
  assert.ok(Math.abs(actual / wanted - 1) < 1e-4, `${actual} for ${wanted}`);
}

describe("evaluateRetrieval", () => {
  it("gives for the digits what scikit-learn gives", async () => {
    const tensors = readFixture("numeric/arrays.safetensors");
    const x = matrix(Float32Array.from(tensors.uint8("digits.x").data.subarray(0, 300 * 64)), 300, 64);
    const scores = await evaluateRetrieval(x, tensors.int32("digits.y").data.subarray(0, 300), { ks: [1, 10] });
    within(scores.meanAveragePrecision, expected.mean_average_precision);
    assert.equal(scores.precision[0].k, 1);
    within(scores.precision[0].value, expected.precision_at_1);
    assert.equal(scores.recall[1].k, 10);
    within(scores.recall[1].value, expected.recall_at_10);
    assert.deepEqual([scores.queries, scores.leftOut], [300, 0]);
  });

  it("gives 1 throughout for groups that lie apart, under both metrics", async () => {
    const x = normalMatrix(40, 4, 1, { deviation: () => 0.1 });
    const labels = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? "even" : "odd"));
    for (let i = 0; i < 40; i++) x.data[i * 4 + (i % 2)] += 10;
    for (const metric of ["cosine", "euclidean"] as const) {
      const scores = await evaluateRetrieval(x, labels, { ks: [1, 19], metric });
      assert.ok(Math.abs(scores.meanAveragePrecision - 1) < 1e-12);
      assert.deepEqual(
        scores.precision.map((p) => p.value),
        [1, 1],
      );
      assert.equal(scores.recall[1].value, 1);
    }
  });

  it("leaves out and counts rows whose label no other row has", async () => {
    const scores = await evaluateRetrieval(normalMatrix(5, 3, 1), ["a", "a", "b", "c", "a"]);
    assert.deepEqual([scores.queries, scores.leftOut], [3, 2]);
    const none = await evaluateRetrieval(normalMatrix(3, 3, 1), [1, 2, 3]);
    assert.deepEqual([none.queries, none.leftOut, none.meanAveragePrecision], [0, 3, Number.NaN]);
  });

  it("stops when it is aborted", async () => {
    const controller = new AbortController();
    const job = evaluateRetrieval(normalMatrix(2500, 3, 1), new Int32Array(2500), {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await assert.rejects(job, { name: "AbortError" });
  });

  it("refuses what it cannot evaluate, by name", async () => {
    const x = normalMatrix(5, 3, 1);
    await assert.rejects(evaluateRetrieval(x, ["a"]), ShapeError);
    await assert.rejects(evaluateRetrieval(x, [1, 1, 1, 1, 1], { ks: [0] }), ArgumentError);
    x.data[4] = Number.NaN;
    await assert.rejects(evaluateRetrieval(x, [1, 1, 1, 1, 1]), (e) => e instanceof NotFiniteError && e.row === 1);
  });
});
