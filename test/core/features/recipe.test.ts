import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { patchMap } from "#dist/core/features/patch-map.js";
import { type Recipe, recipeFromJson, recipeToJson } from "#dist/core/features/recipe.js";
import { loadRecipe, saveRecipe } from "#dist/core/features/recipe-file.js";
import type { Patches } from "#dist/core/numeric/matrix.js";
import { readFixture } from "../../support/safetensors.js";

const tokens = readFixture("numeric/arrays.safetensors").float32("two_step.tokens").data;
const dim = 32;
const images: Patches[] = Array.from({ length: 4 }, (_, i) => ({
  data: tokens.slice(i * 144 * dim, (i + 1) * 144 * dim),
  rows: 12,
  cols: 12,
  dim,
}));

describe("a recipe", () => {
  let folder = "";
  let recipe: Recipe;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "patchlab recipe é "));
    recipe = (await patchMap(images, { threshold: 0.4, model: "random" })).recipe;
  });
  after(() => rm(folder, { recursive: true }));

  it("applied to the pictures it was fitted on gives the same map, byte for byte", async () => {
    for (const options of [{}, { normalize: true }, { colours: { rule: "sigmoid" } }] as const) {
      const map = await patchMap(images, options);
      const again = await patchMap(images, { recipe: recipeFromJson(recipeToJson(map.recipe)) });
      assert.deepEqual(again, map);
    }
  });

  it("gives a picture by itself the map that it had among the others", async () => {
    const together = await patchMap(images);
    const alone = await patchMap([images[3]], { recipe: together.recipe });
    assert.deepEqual(alone.maps[0], together.maps[3]);
  });

  it("may find no foreground at all", async () => {
    const flat = { ...images[0], data: images[0].data.map((_, i) => recipeBackground[i % dim]) };
    const map = await patchMap([flat], { recipe });
    assert.equal(map.foregroundShare, 0);
    assert.ok(map.maps[0].rgb.every((v) => v === 0));
  });
  // the corner patch of the first picture, which is background
  const recipeBackground = tokens.slice(143 * dim, 144 * dim);

  it("comes back from its file as it was", async () => {
    const path = join(folder, "shoes.json");
    await saveRecipe(recipe, path);
    await saveRecipe(recipe, path);
    assert.deepEqual(await loadRecipe(path), recipe);
    assert.equal(recipe.model, "random");
    assert.deepEqual(await readdir(folder), ["shoes.json"]);
  });

  it("does not go with options that it settles, other sizes, or another model", async () => {
    await assert.rejects(patchMap(images, { recipe, threshold: 0.5 }), { argument: "threshold" });
    const other = { data: new Float32Array(64), rows: 2, cols: 2, dim: 16 };
    await assert.rejects(patchMap([other], { recipe }), { name: "ShapeError", argument: "patches" });
    await assert.rejects(patchMap(images, { recipe, model: "dinov2-small" }), { argument: "model" });
  });

  it("is rejected by file name when the file is missing, no JSON, or no recipe", async () => {
    const path = join(folder, "bad.json");
    await assert.rejects(loadRecipe(path), { name: "FileError", path });
    for (const text of ["", "{", "null", "[]", "{}", recipeToJson(recipe).slice(0, 500)]) {
      await writeFile(path, text);
      await assert.rejects(loadRecipe(path), { name: "FormatError", path });
    }
    await assert.rejects(saveRecipe(recipe, join(folder, "none", "a.json")), { name: "FileError" });
  });

  it("is rejected when a part is missing, of another kind, or does not fit the others", () => {
    const damaged: Record<string, unknown>[] = [
      { version: 2 },
      { dim: 31 },
      { threshold: 2 },
      { flipped: "no" },
      { range: { low: 1, high: 1 } },
      { colours: { rule: "minmax", low: [0, 0], high: [1, 1] } },
      { colours: { rule: "rainbow" } },
      { colours: { rule: "minmax", low: [0, 2, 0], high: [1, 1, 1] } },
      { colours: { rule: "sigmoid", deviation: [1, 0, 1] } },
      { options: { ...recipe.options, colours: { rule: "minmax", percentiles: [99, 1] } } },
      { first: { ...recipe.first, mean: "" } },
      { first: { ...recipe.first, components: "####" } },
      { second: { ...recipe.second, nComponents: 2 } },
      { options: { ...recipe.options, threshold: "median" } },
    ];
    for (const change of damaged)
      assert.throws(
        () => recipeFromJson(JSON.stringify({ ...recipe, ...change }), "shoes.json"),
        { name: "FormatError", path: "shoes.json" },
        JSON.stringify(change),
      );
    for (const part of Object.keys(recipe).filter((key) => key !== "model"))
      assert.throws(() => recipeFromJson(JSON.stringify({ ...recipe, [part]: undefined })), { name: "FormatError" });
  });

  it("is checked too when it comes as a record, and before it replaces a file", async () => {
    const path = join(folder, "kept.json");
    await saveRecipe(recipe, path);
    for (const wrong of [undefined, {}])
      await assert.rejects(saveRecipe(wrong as never, path), { name: "FormatError" });
    assert.deepEqual(await loadRecipe(path), recipe);
    await assert.rejects(patchMap(images, { recipe: { ...recipe, version: 9 } as unknown as Recipe }), {
      name: "FormatError",
    });
  });
});
