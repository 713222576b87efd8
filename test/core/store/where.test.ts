/** Conditions on pictures, in SQL. */
import assert from "node:assert/strict";
import { mkdirSync, realpathSync, symlinkSync } from "node:fs";
import { join, relative } from "node:path";
import { ArgumentError } from "#dist/core/errors.js";
import { matrix } from "#dist/core/numeric/matrix.js";
import type { FeatureStore } from "#dist/core/store/feature-store.js";
import type { Where } from "#dist/core/store/where.js";
import { normalMatrix } from "../../support/samples.js";
import { storeOf } from "../../support/stores.js";
import { temporaryFolder } from "../../support/temporary.js";

describe("where", () => {
  const folder = temporaryFolder();
  const paths = ["a.jpg", "cats/b.jpg", "cats/small/c.jpg", "cats2/d.jpg", "CATS/e.jpg", "c%ts/f.jpg", "x/cats/g.jpg"];
  let root: string;
  let store: FeatureStore;
  before(async () => {
    root = join(realpathSync(folder()), "pictures %_ 'ü'");
    mkdirSync(join(root, "cats"), { recursive: true });
    store = await storeOf(join(folder(), "s.patchlab"), normalMatrix(paths.length, 4, 1), {
      root,
      path: (i) => paths[i],
      file: (i) => ({ width: 100 * (i + 1), height: 250, bytes: 1000 * i, modified: Date.UTC(2020, i) }),
    });
  });
  after(() => store.close());

  async function meant(where: Where): Promise<string[]> {
    const { pictures } = await store.embeddings({ where });
    const index = await store.index();
    const { queries } = await index.search(new Float32Array(4).fill(1), { k: 100, where });
    const found = pictures.map(({ name }) => relative(root, name));
    // a search finds the same ones
    assert.deepEqual(queries[0].hits.map(({ picture }) => relative(root, picture!.name)).sort(), [...found].sort());
    await index.close();
    return found;
  }

  it("{} is every picture, and what is undefined is no condition", async () => {
    assert.deepEqual(await meant({}), paths);
    assert.deepEqual(await meant({ label: undefined, minSide: undefined } as never), paths);
  });

  it("folder is one and what lies below it, by its path or its parts below an embedded one", async () => {
    const cats = ["cats/b.jpg", "cats/small/c.jpg"];
    assert.deepEqual(await meant({ folder: root }), paths);
    assert.deepEqual(await meant({ folder: join(root, "cats") }), cats);
    assert.deepEqual(await meant({ folder: `${join(root, "cats")}/` }), cats);
    for (const name of ["cats", "cats/", "./cats"]) assert.deepEqual(await meant({ folder: name }), cats, name);
    assert.deepEqual(await meant({ folder: "cats/small" }), ["cats/small/c.jpg"]);
  });

  it("folder takes its letters as they are: no patterns, no capitals for small ones", async () => {
    assert.deepEqual(await meant({ folder: "CATS" }), ["CATS/e.jpg"]);
    assert.deepEqual(await meant({ folder: "c%ts" }), ["c%ts/f.jpg"]);
    for (const name of ["c_ts", "%", "cat", "c*ts", "small", "nowhere", "../pictures"])
      assert.deepEqual(await meant({ folder: name }), [], name);
    assert.deepEqual(await meant({ folder: "/elsewhere" }), []);
    assert.deepEqual(await meant({ folder: join(root, "..") }), []);
  });

  it("folder may be a path from here, and a link to one", async () => {
    const before = process.cwd();
    symlinkSync(root, join(folder(), "link"));
    assert.deepEqual(await meant({ folder: join(folder(), "link", "cats") }), ["cats/b.jpg", "cats/small/c.jpg"]);
    process.chdir(join(root, "cats"));
    try {
      assert.deepEqual(await meant({ folder: "." }), ["cats/b.jpg", "cats/small/c.jpg"]);
      assert.deepEqual(await meant({ folder: ".." }), paths);
    } finally {
      process.chdir(before);
    }
  });

  it("label is the name of the folder that a picture lies in, or one of several", async () => {
    assert.deepEqual(await meant({ label: "cats" }), ["cats/b.jpg", "x/cats/g.jpg"]);
    assert.deepEqual(await meant({ label: ["small", "CATS"] }), ["cats/small/c.jpg", "CATS/e.jpg"]);
    assert.deepEqual(await meant({ label: "pictures %_ 'ü'" }), ["a.jpg"]);
    assert.deepEqual(await meant({ label: [] }), []);
    assert.deepEqual(await meant({ label: "x' OR '1'='1" }), []);
  });

  it("minSide and maxSide are pixels of the shorter side, the ends included", async () => {
    assert.deepEqual(await meant({ minSide: 250 }), paths.slice(2));
    assert.deepEqual(await meant({ minSide: 251 }), []);
    assert.deepEqual(await meant({ maxSide: 200 }), paths.slice(0, 2));
    assert.deepEqual(await meant({ minSide: 200, maxSide: 200 }), [paths[1]]);
  });

  it("minBytes and maxBytes are the file's size, the ends included", async () => {
    assert.deepEqual(await meant({ minBytes: 5000 }), paths.slice(5));
    assert.deepEqual(await meant({ minBytes: 1000, maxBytes: 2000 }), paths.slice(1, 3));
  });

  it("since and before are when the file was changed, the first included and the last not", async () => {
    assert.deepEqual(await meant({ since: new Date(Date.UTC(2020, 5)) }), paths.slice(5));
    assert.deepEqual(await meant({ before: new Date(Date.UTC(2020, 5)) }), paths.slice(0, 5));
    assert.deepEqual(await meant({ since: new Date("2999-01-01") }), []);
  });

  it("conditions hold together", async () => {
    assert.deepEqual(await meant({ folder: "cats", label: "small", minBytes: 1, maxSide: 300 }), ["cats/small/c.jpg"]);
    assert.deepEqual(await meant({ folder: "cats", label: "CATS" }), []);
  });

  it("finds every one of few that lie far apart among many", async () => {
    const many = await storeOf(join(folder(), "many.patchlab"), normalMatrix(3000, 3, 2), {
      path: (i) => `${i % 100 === 7 ? "few" : "many"}/${i}.jpg`,
    });
    const { vectors, images } = await many.embeddings({ where: { folder: "few" } });
    const all = (await many.embeddings()).vectors;
    const expected = Array.from({ length: 30 }, (_, i) => [...all.data.subarray(3 * (100 * i + 7), 3 * (100 * i + 8))]);
    assert.deepEqual(vectors, matrix(Float32Array.from(expected.flat()), 30, 3));
    assert.equal(images.length, 30);
    await many.close();
  });

  it("refuses conditions that it does not know, and values that are none", async () => {
    const index = await store.index();
    const bad = [
      [{ size: 3 }, /has "size", which is no condition: use folder, label/],
      [{ toString: "x" }, /has "toString", which is no condition/],
      [{ folder: "" }, /where\.folder is "": give a name/],
      [{ label: [3] }, /where\.label is 3: give a name/],
      [{ minSide: -1 }, /where\.minSide is -1: give a number/],
      [{ maxBytes: Number.NaN }, /where\.maxBytes is null: give a number/],
      [{ since: "yesterday" }, /where\.since is "yesterday": give a Date/],
      [{ before: new Date("no date") }, /where\.before is null: give a Date/],
    ] as [Where, RegExp][];
    for (const [where, message] of bad)
      for (const attempt of [store.embeddings({ where }), index.search({ row: 0 }, { where })])
        await assert.rejects(
          attempt,
          (e: Error) => e instanceof ArgumentError && message.test(e.message),
          `${message}`,
        );
    await index.close();
  });
});
