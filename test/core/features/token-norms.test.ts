import assert from "node:assert/strict";
import fc from "fast-check";
import { ArgumentError, DegenerateDataError, NotFiniteError, ShapeError } from "#dist/core/errors.js";
import { tokenNorms } from "#dist/core/features/token-norms.js";
import { loadModel } from "#dist/core/model/load.js";
import type { Patches } from "#dist/core/numeric/matrix.js";
import { normal, seededRandom } from "#dist/core/numeric/random.js";
import { maxDifference } from "../../support/compare.js";
import { fixture } from "../../support/fixtures.js";
import { shoes } from "../../support/pictures.js";

/** Patches of two numbers with these norms. */
function withNorms(norms: readonly number[], cols: number): Patches {
  const data = Float32Array.from(norms.flatMap((norm) => [0.6 * norm, -0.8 * norm]));
  return { data, rows: norms.length / cols, cols, dim: 2 };
}

describe("tokenNorms(tokens, options)", () => {
  it("finds Euclidean norms, and those above a threshold with their place", () => {
    const norms = tokenNorms([withNorms([3, 4, 200, 5, 160, 2], 3), withNorms([1, 150], 1)], { threshold: 150 });
    assert.ok(maxDifference(norms.images[0].norms, [3, 4, 200, 5, 160, 2]) < 1e-4);
    assert.deepEqual(norms.outliers.slice(0, 2), [
      [0, 0, 2],
      [0, 1, 1],
    ]);
    assert.deepEqual([norms.images[0].outliers, norms.threshold, norms.rule], [2, 150, "given"]);
    assert.equal(norms.share, norms.outliers.length / 8);
    assert.ok(Math.abs(norms.median - 4.5) < 1e-5);
  });

  it("counts every norm in a histogram from 0 to the largest", () => {
    const { histogram } = tokenNorms([withNorms([10, 20, 40, 40], 2)]);
    assert.ok(Math.abs(histogram.edges[64] - 40) < 1e-5 && histogram.edges[0] === 0);
    assert.deepEqual([histogram.counts[16], histogram.counts[32], histogram.counts[63]], [1, 1, 2]);
  });

  it("by itself finds the tokens whose norm is several times the rest's, and only those", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1000 }),
        fc.integer({ min: 0, max: 20 }),
        fc.double({ min: 0.01, max: 500, noNaN: true }),
        fc.double({ min: 0, max: 0.25, noNaN: true }),
        (seed, count, scale, spread) => {
          const random = seededRandom(seed);
          const giant = (i: number) => i % 20 === 0 && i < 20 * count;
          const norms = Array.from({ length: 400 }, (_, i) =>
            giant(i) ? scale * (5 + 5 * random()) : scale * Math.max(0.1, 1 + spread * Math.tanh(normal(random))),
          );
          const found = tokenNorms([withNorms(norms, 20)]);
          const expected = norms.flatMap((_, i) => (giant(i) ? [[0, i / 20, 0]] : []));
          assert.deepEqual(found.outliers, expected);
          assert.equal(found.share, count / 400);
        },
      ),
    );
  });

  it("states the rule by which it finds them: twice the median, and 5 robust deviations above it", () => {
    const tight = tokenNorms([withNorms([9, 10, 10, 11], 2)]);
    assert.ok(Math.abs(tight.threshold - 20) < 1e-4);
    // distances from the median 10: 9, 5, 0, 5, 9
    const wide = tokenNorms([withNorms([1, 5, 10, 15, 19], 5)]);
    assert.ok(Math.abs(wide.threshold - (10 + 5 * 1.4826 * 5)) < 1e-4);
    assert.deepEqual([tight.rule, wide.outliers], ["auto", []]);
  });

  it("tells of an entry of layers which block it is and whether the last norm hides its outliers", async () => {
    const model = await loadModel(fixture("models/dinov2"));
    const options = { size: 56, layers: 1 };
    const raw = (await model.extract(shoes.slice(0, 2), { ...options, layerNorm: false })).layers![0];
    const norms = tokenNorms(raw);
    assert.deepEqual([norms.layer, norms.normalised, norms.images.length], [2, false, 2]);
    assert.deepEqual(
      [norms.modelName, norms.inputSize, norms.images[1].picture?.name],
      [model.name, [56, 56], shoes[1]],
    );
    const first = raw.patches[0].data.subarray(0, raw.patches[0].dim);
    assert.ok(Math.abs(norms.images[0].norms[0] - Math.hypot(...first)) < 1e-4);
    const after = tokenNorms((await model.extract(shoes.slice(0, 2), options)).layers![0]);
    assert.equal(after.normalised, true);
    assert.equal("layer" in tokenNorms(raw.patches), false);
    await model.close();
  });

  it("refuses thresholds that are none, tokens that are missing, bad or mostly zero", () => {
    const patches = [withNorms([1, 2], 2)];
    for (const threshold of ["otsu", -1, Number.NaN, Number.POSITIVE_INFINITY])
      assert.throws(() => tokenNorms(patches, { threshold: threshold as never }), { argument: "threshold" });
    for (const nothing of [[], undefined, {}]) assert.throws(() => tokenNorms(nothing as never), ArgumentError);
    assert.throws(() => tokenNorms([...patches, { ...patches[0], dim: 1, cols: 4 }]), ShapeError);
    const bad = { ...patches[0], data: Float32Array.of(1, 1, 1, Number.NaN) };
    assert.throws(
      () => tokenNorms([patches[0], bad]),
      (e: Error) => e instanceof NotFiniteError && e.argument === "patches[1]" && e.row === 1,
    );
    const zeros = [withNorms([0, 0, 0, 7], 2)];
    assert.throws(() => tokenNorms(zeros), DegenerateDataError);
    assert.deepEqual(tokenNorms(zeros, { threshold: 5 }).outliers, [[0, 1, 1]]);
  });
});
