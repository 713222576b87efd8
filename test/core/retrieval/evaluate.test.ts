import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { ArgumentError, NotFiniteError, ShapeError } from "#dist/core/errors.js";
import { type Matrix, matrix } from "#dist/core/numeric/matrix.js";
import { evaluateRetrieval } from "#dist/core/retrieval/evaluate.js";
import { averagePrecision } from "#dist/core/retrieval/metrics.js";
import { fixture } from "../../support/fixtures.js";
import { readFixture } from "../../support/safetensors.js";
import { normalMatrix } from "../../support/samples.js";

const expected = JSON.parse(readFileSync(fixture("numeric/values.json"), "utf8")).retrieval_digits_first_300;

function within(actual: number, wanted: number): void {
  assert.ok(Math.abs(actual / wanted - 1) < 1e-4, `${actual} for ${wanted}`);
}

/** Every pair measured in 64 bits, equal 32-bit measures as one step. */
function byDefinition(x: Matrix, labels: ArrayLike<string | number>, metric: "cosine" | "euclidean"): number {
  const far = (a: number, b: number): number => {
    let [square, product, aa, bb] = [0, 0, 0, 0];
    for (let j = 0; j < x.cols; j++) {
      const [u, v] = [x.data[a * x.cols + j], x.data[b * x.cols + j]];
      square += (u - v) ** 2;
      product += u * v;
      aa += u * u;
      bb += v * v;
    }
    return Math.fround(metric === "euclidean" ? Math.sqrt(square) : -product / (Math.sqrt(aa) * Math.sqrt(bb)));
  };
  const all = Array.from({ length: x.rows }, (_, i) => i);
  const averages = all.map((q) => {
    const others = all.filter((i) => i !== q).map((i) => ({ i, far: far(q, i) }));
    others.sort((a, b) => a.far - b.far || a.i - b.i);
    const relevant = others.map(({ i }) => labels[i] === labels[q]);
    return averagePrecision(relevant, { scores: others.map((o) => o.far) });
  });
  const counted = averages.filter((a) => !Number.isNaN(a));
  return counted.reduce((sum, a) => sum + a, 0) / counted.length;
}

describe("evaluateRetrieval", () => {
  for (const metric of ["cosine", "euclidean"] as const) {
    it(`gives under ${metric} what measuring every pair gives, beside a row a million times longer`, async () => {
      const labels = Array.from({ length: 200 }, (_, i) => i % 5);
      const x = normalMatrix(200, 6, 2, { deviation: () => 1 });
      for (let i = 0; i < 200; i++) x.data[i * 6 + labels[i]] += 2;
      x.data.fill(1e6, 0, 6);
      const scores = await evaluateRetrieval(x, labels, { metric });
      within(scores.meanAveragePrecision, byDefinition(x, labels, metric));
    });

    it(`gives under ${metric} what measuring every pair gives where many are equally near`, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 2 })), {
            minLength: 2,
            maxLength: 40,
          }),
          async (rows) => {
            const x = matrix(Float32Array.from(rows.flat()), rows.length, 2);
            const labels = rows.map((_, i) => (i % 3 === 0 ? 0 : i % 2));
            const { meanAveragePrecision } = await evaluateRetrieval(x, labels, { metric });
            const wanted = byDefinition(x, labels, metric);
            if (Number.isNaN(wanted)) assert.ok(Number.isNaN(meanAveragePrecision));
            else assert.ok(Math.abs(meanAveragePrecision - wanted) < 1e-12);
          },
        ),
        { numRuns: 40 },
      );
    });
  }

  it("takes the labels of a record, unless others are given", async () => {
    const record = { vectors: normalMatrix(12, 3, 1), labels: Array.from("aabbccaabbcc") };
    const own = await evaluateRetrieval(record.vectors, record.labels);
    assert.deepEqual(await evaluateRetrieval(record), own);
    const others = Array.from("abcabcabcabc");
    assert.deepEqual(await evaluateRetrieval(record, others), await evaluateRetrieval(record.vectors, others));
    await assert.rejects(evaluateRetrieval(record.vectors), { name: "ArgumentError", argument: "labels" });
  });

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

  it("gives by label what adds up to the means over all, each label's own and in their order", async () => {
    const names = ["b", "a", "b", "c", "a", "b", "d", "b"];
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 999 }), async (seed) => {
        const x = normalMatrix(24, 4, seed);
        const labels = Array.from({ length: 24 }, (_, i) => (i === 6 ? "d" : names[i % 8].replace("d", "a")));
        const { byLabel, ...all } = await evaluateRetrieval(x, labels, { ks: [1, 7] });
        assert.deepEqual(
          byLabel.map(({ label, queries }) => [label, queries]),
          [
            ["a", 8],
            ["b", 12],
            ["c", 3],
          ],
        );
        const mean = (of: (scores: typeof all | (typeof byLabel)[number]) => number): void => {
          const sum = byLabel.reduce((total, scores) => total + scores.queries * of(scores), 0);
          assert.ok(Math.abs(sum / all.queries - of(all)) < 1e-12);
        };
        mean((scores) => scores.meanAveragePrecision);
        for (const i of [0, 1]) {
          mean((scores) => scores.precision[i].value);
          mean((scores) => scores.recall[i].value);
        }
      }),
      { numRuns: 10 },
    );
  });

  it("keeps the scores of a label that is found apart from those of one that is not", async () => {
    const x = matrix(Float32Array.of(1, 0, 1, 0.01, 1, 1, 0, 1, -1, 0), 5, 2);
    const { byLabel } = await evaluateRetrieval(x, [10, 10, 2, 2, 1], { ks: [1] });
    assert.deepEqual(
      byLabel.map(({ label }) => label),
      [2, 10],
    );
    assert.deepEqual(
      byLabel.map(({ precision }) => precision[0].value),
      [0.5, 1],
    );
    assert.equal(byLabel[1].meanAveragePrecision, 1);
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
    await assert.rejects(evaluateRetrieval(undefined as unknown as Matrix, ["a"]), ShapeError);
    await assert.rejects(evaluateRetrieval(x, ["a"]), ShapeError);
    await assert.rejects(evaluateRetrieval(x, [1, 1, 1, 1, 1], { ks: [0] }), ArgumentError);
    x.data[4] = Number.NaN;
    await assert.rejects(evaluateRetrieval(x, [1, 1, 1, 1, 1]), (e) => e instanceof NotFiniteError && e.row === 1);
  });
});
