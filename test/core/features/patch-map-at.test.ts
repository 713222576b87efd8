import assert from "node:assert/strict";
import { ArgumentError, DegenerateDataError, ShapeError } from "#dist/core/errors.js";
import { type PatchMap, patchMap } from "#dist/core/features/patch-map.js";
import { patchMapAt } from "#dist/core/features/patch-map-at.js";
import type { Patches } from "#dist/core/numeric/matrix.js";
import { normalMatrix } from "../../support/samples.js";

/** Two pictures of 8 x 8 patches. */
const patches = [1, 2].map((seed): Patches => ({ data: normalMatrix(64, 6, seed).data, rows: 8, cols: 8, dim: 6 }));

describe("patchMapAt(map, patches, threshold)", () => {
  let map: PatchMap;
  before(async () => {
    map = await patchMap(patches, { threshold: 0.5, foreground: "high" });
  });

  it("is the map itself at its own threshold", async () => {
    assert.equal(await patchMapAt(map, patches, 0.5), map);
  });

  for (const normalize of [false, true])
    it(`is what patchMap makes at that threshold, up to the components' signs${normalize ? ", of normalised patches" : ""}`, async () => {
      const options = { foreground: "high", normalize } as const;
      const moved = await patchMapAt(await patchMap(patches, { ...options, threshold: 0.5 }), patches, 0.3);
      const made = await patchMap(patches, { ...options, threshold: 0.3 });
      assert.deepEqual([moved.threshold, moved.foregroundShare], [made.threshold, made.foregroundShare]);
      assert.deepEqual(moved.recipe.options, made.recipe.options);
      moved.maps.forEach(({ mask, first, scores }, m) => {
        assert.deepEqual([mask, first], [made.maps[m].mask, made.maps[m].first]);
        scores.forEach((score, i) => {
          assert.equal(Math.abs(score), Math.abs(made.maps[m].scores[i]));
        });
      });
    });

  it("leaves the map that it was given, and the patches, as they were", async () => {
    const before = structuredClone([map, patches]);
    await patchMapAt(map, patches, 0.3);
    assert.deepEqual([map, patches], before);
  });

  it("turns back to the map's own colours when it is moved there and back", async () => {
    const back = await patchMapAt(await patchMapAt(map, patches, 0.45), patches, 0.5);
    back.maps.forEach(({ rgb }, m) => {
      assert.deepEqual(rgb, map.maps[m].rgb);
    });
  });

  it("keeps the first step of a recipe that was fitted on other pictures", async () => {
    const others = [3].map((seed): Patches => ({ data: normalMatrix(64, 6, seed).data, rows: 8, cols: 8, dim: 6 }));
    const { recipe } = await patchMap(others, { threshold: 0.5, foreground: "high" });
    const applied = await patchMap(patches, { recipe });
    const moved = await patchMapAt(applied, patches, 0.4);
    assert.deepEqual(moved.maps[0].first, applied.maps[0].first);
    const again = await patchMap(patches, { recipe: moved.recipe });
    assert.deepEqual(again.maps[0].mask, moved.maps[0].mask);
  });

  it("says what threshold, which patches and how many of them it needs", async () => {
    for (const threshold of [-0.1, 1.1, Number.NaN])
      await assert.rejects(patchMapAt(map, patches, threshold), ArgumentError);
    await assert.rejects(patchMapAt(map, patches.slice(1), 0.3), ShapeError);
    await assert.rejects(patchMapAt(map, patches, 1), DegenerateDataError);
  });
});
