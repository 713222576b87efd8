import assert from "node:assert/strict";
import { type PatchMap, type PatchMapOptions, patchMap } from "#dist/core/features/patch-map.js";
import type { Patches } from "#dist/core/numeric/matrix.js";
import { pca, projectPca } from "#dist/core/numeric/pca.js";
import { seededRandom } from "#dist/core/numeric/random.js";
import { readFixture } from "../../support/safetensors.js";
import { alignSign, assertClose, column } from "../../support/samples.js";

const fixture = readFixture("numeric/arrays.safetensors");
const tokens = fixture.float32("two_step.tokens").data;
const parts = fixture.int32("two_step.parts").data;
const dim = 32;

function images(data: Float32Array): Patches[] {
  return Array.from({ length: 4 }, (_, i) => ({
    data: data.slice(i * 144 * dim, (i + 1) * 144 * dim),
    rows: 12,
    cols: 12,
    dim,
  }));
}

function joined(map: PatchMap, part: "first" | "mask" | "scores" | "rgb"): number[] {
  return map.maps.flatMap((m) => Array.from(m[part]));
}

const options: PatchMapOptions[] = [{}, { threshold: 0.35 }, { threshold: "zero" }, { colours: { rule: "sigmoid" } }];

describe("patchMap(patches)", () => {
  it("agrees with scikit-learn's two steps on the reference data", async () => {
    const map = await patchMap(images(tokens), { threshold: 0.35 });
    assert.equal(map.threshold, 0.35);
    assertClose(joined(map, "first"), fixture.float32("two_step.first_normalised_foreground_high").data, 1e-4);
    assert.deepEqual(joined(map, "mask"), Array.from(fixture.uint8("two_step.mask").data));

    const firstScores = await projectPca(map.firstPca, { data: tokens, rows: 576, cols: dim });
    const secondScores = joined(map, "scores").filter((_, i) => joined(map, "mask")[Math.floor(i / 3)] === 1);
    for (let k = 0; k < 3; k++) {
      const first = column(fixture.float32("two_step.first_scores").data, 3, k);
      assertClose(alignSign(column(firstScores.data, 3, k), first), first, 1e-4);
      const second = column(fixture.float32("two_step.second_scores").data, 3, k);
      assertClose(alignSign(column(secondScores, 3, k), second), second, 1e-4);
    }
    assertClose(map.secondPca.explainedVariance, fixture.float32("two_step.second_explained_variance").data, 1e-4);
  });

  it("finds the discs to 99 % by every threshold", async () => {
    for (const option of options) {
      const mask = joined(await patchMap(images(tokens), option), "mask");
      const right = mask.filter((m, i) => (m === 1) === parts[i] > 0).length;
      assert.ok(right / mask.length >= 0.99, `${JSON.stringify(option)}: ${right} of ${mask.length}`);
    }
  });

  it("describes itself: mask, shares and histogram follow from `first` and the threshold", async () => {
    const map = await patchMap(images(tokens));
    const [first, mask] = [joined(map, "first"), joined(map, "mask")];
    assert.deepEqual(
      mask,
      first.map((v) => (v > map.threshold ? 1 : 0)),
    );
    assert.equal(map.foregroundShare, mask.filter((m) => m === 1).length / 576);
    assert.equal(Math.min(...first), 0);
    assert.equal(Math.max(...first), 1);
    assert.equal(
      map.histogram.counts.reduce((sum, n) => sum + n, 0),
      576,
    );
    for (const part of ["scores", "rgb"] as const)
      assert.ok(joined(map, part).every((v, i) => mask[Math.floor(i / 3)] === 1 || v === 0));
  });

  it("gives the same bytes for the same input, and leaves the patches as they were", async () => {
    const patches = images(tokens);
    const a = await patchMap(patches, { normalize: true });
    assert.deepEqual(patches, images(tokens));
    assert.deepEqual(await patchMap(patches, { normalize: true }), a);
  });

  it("keeps mask and first component when the data is negated along the first component", async () => {
    const whole = { data: tokens, rows: 576, cols: dim };
    const { mean, components } = await pca(whole);
    const scores = (await projectPca(await pca(whole), whole)).data;
    const turned = tokens.map((v, i) => v - 2 * scores[3 * Math.floor(i / dim)] * components.data[i % dim]);
    assert.equal(mean.length, dim);
    for (const option of options) {
      const [a, b] = [await patchMap(images(tokens), option), await patchMap(images(turned), option)];
      assert.deepEqual(joined(b, "mask"), joined(a, "mask"));
      assertClose(joined(b, "first"), joined(a, "first"), 1e-5);
      assert.equal(b.recipe.flipped, !a.recipe.flipped);
    }
  });

  it("keeps mask and colours when all patches are scaled by a positive number", async () => {
    for (const factor of [0.001, 3.7, 1e6])
      for (const option of options) {
        const a = await patchMap(images(tokens), option);
        const b = await patchMap(images(tokens.map((v) => v * factor)), option);
        assert.deepEqual(joined(b, "mask"), joined(a, "mask"));
        const [x, y] = [joined(a, "rgb"), joined(b, "rgb")];
        assert.ok(x.every((v, i) => Math.abs(v - y[i]) <= 1));
      }
  });

  it("has one basis for all images: their order changes their places only", async () => {
    const a = await patchMap(images(tokens));
    const b = await patchMap(images(tokens).reverse());
    assert.deepEqual(
      b.maps.map((m) => m.mask),
      a.maps.map((m) => m.mask).reverse(),
    );
    assertClose(
      b.maps.toReversed().flatMap((m) => [...m.scores]),
      joined(a, "scores"),
      1e-4,
    );
  });

  it("maps images of different sizes, each with its picture", async () => {
    const [a, b] = images(tokens);
    const picture = {
      name: "b.jpg",
      source: "b.jpg",
      width: 9,
      height: 9,
      view: { left: 0, top: 0, width: 9, height: 9 },
    };
    const short = { ...b, rows: 9, data: b.data.slice(0, 9 * 12 * dim), picture };
    const { maps } = await patchMap([a, short]);
    assert.deepEqual(
      maps.map((m) => [m.rows, m.cols, m.first.length, m.mask.length, m.scores.length, m.rgb.length, m.picture?.name]),
      [
        [12, 12, 144, 144, 432, 432, undefined],
        [9, 12, 108, 108, 324, 324, "b.jpg"],
      ],
    );
  });

  it("under normalize does not depend on the lengths of single patches, and lets patches of zeros be", async () => {
    const random = seededRandom(3);
    const factors = Array.from({ length: 576 }, () => 0.5 + random());
    const [a, b] = [tokens, tokens.map((v, i) => v * factors[Math.floor(i / dim)])].map(images);
    for (const patches of [a, b]) patches[0].data.fill(0, 0, dim);
    const [x, y] = [await patchMap(a, { normalize: true }), await patchMap(b, { normalize: true })];
    assert.deepEqual(joined(y, "mask"), joined(x, "mask"));
    assertClose(joined(y, "first"), joined(x, "first"), 1e-5);
  });

  it("rejects an empty list, differing sizes and too few patches", async () => {
    await assert.rejects(patchMap([]), { name: "ArgumentError", argument: "patches" });
    const other = { data: new Float32Array(16), rows: 1, cols: 1, dim: 16 };
    await assert.rejects(patchMap([...images(tokens), other]), { name: "ShapeError", argument: "patches[4]" });
    await assert.rejects(patchMap([other]), { name: "ShapeError", argument: "patches" });
  });

  it("names the image and the patch that hold NaN", async () => {
    const patches = images(tokens);
    patches[2].data[5 * dim] = Number.NaN;
    await assert.rejects(patchMap(patches), { name: "NotFiniteError", argument: "patches[2]", row: 5 });
  });

  it("rejects patches that are all equal, normalised or not", async () => {
    const one = images(tokens)[0].data.slice(0, dim);
    const equal = Float32Array.from({ length: 144 * dim }, (_, i) => one[i % dim]);
    const scaled = equal.map((v, i) => v * (1 + Math.floor(i / dim)));
    await assert.rejects(patchMap([{ data: equal, rows: 12, cols: 12, dim }]), { name: "DegenerateDataError" });
    await assert.rejects(patchMap([{ data: scaled, rows: 12, cols: 12, dim }], { normalize: true }), {
      name: "DegenerateDataError",
    });
  });

  it("says to lower a threshold that leaves too few patches", async () => {
    await assert.rejects(patchMap(images(tokens), { threshold: 1 }), {
      name: "DegenerateDataError",
      message:
        "patches have 0 in the foreground above the threshold 1.000 where the second PCA needs 4 or more: lower the threshold",
    });
  });

  it("is of the model that is given, or else of the one that the patches know", async () => {
    const known = images(tokens).map((p) => ({ ...p, modelName: "known" }));
    const names = async (patches: Patches[], model?: string) => {
      const { modelName, recipe } = await patchMap(patches, { model });
      return [modelName, recipe.model];
    };
    assert.deepEqual(await names(known), ["known", "known"]);
    assert.deepEqual(await names(known, "given"), ["given", "given"]);
    assert.deepEqual(await names([...images(tokens).slice(0, 1), ...known.slice(1)]), ["known", "known"]);
    assert.deepEqual(await names(images(tokens)), [undefined, undefined]);
    const { recipe } = await patchMap(known);
    await assert.rejects(patchMap(known, { recipe, model: "given" }), { name: "ArgumentError", argument: "model" });
    const mixed = known.map((p, i) => (i === 2 ? { ...p, modelName: "another" } : p));
    await assert.rejects(patchMap(mixed), {
      name: "ArgumentError",
      message: "patches[2] come from another where others come from known: use one model",
    });
  });

  it("rejects thresholds outside 0..1 and unknown rules", async () => {
    await assert.rejects(patchMap(images(tokens), { threshold: 1.5 }), { argument: "threshold" });
    await assert.rejects(patchMap(images(tokens), { foreground: "left" as "low" }), { argument: "foreground" });
    await assert.rejects(patchMap(images(tokens), { seed: 0.5 }), { argument: "seed" });
  });

  it("stops when its signal is aborted", async () => {
    await assert.rejects(patchMap(images(tokens), { signal: AbortSignal.abort() }), { name: "AbortError" });
  });
});
