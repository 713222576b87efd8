/** Which files of a folder are embedded, and that their names, whatever they are, come back as they were. */
import assert from "node:assert/strict";
import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { embedFolder } from "#dist/core/collection/embed-folder.js";
import { loadModel } from "#dist/core/model/load.js";
import { fixture } from "../../support/fixtures.js";
import { fakeModel, foundIn, vectorOf, writeFiles } from "../../support/stores.js";
import { temporaryFolder } from "../../support/temporary.js";

describe("the files that embedFolder puts into a store", () => {
  const folder = temporaryFolder();
  const model = fakeModel();
  let count = 0;
  let root: string;
  beforeEach(() => {
    root = join(folder(), `names ${count++}`, "pictures");
  });

  async function embed(from = root, options: { followLinks?: boolean } = {}) {
    return embedFolder(from, { ...options, model, store: join(root, "..", "s.patchlab") });
  }

  const odd = [
    "a b.jpg",
    "ä.jpg", // one code point
    "a\u0308.jpg", // two, which look the same
    "日本/写真 📷.png",
    'it\'s "quoted".jpg',
    "100%.jpg",
    "a_b.jpg",
    "[x]*.gif",
    "line\nbreak.jpg",
    "back\\slash.jpg",
    "UPPER.JPG",
    `${"deep/".repeat(40)}down.tiff`,
    `${"n".repeat(250)}.jpg`,
  ];

  it("come back under the very names that they have", async function () {
    if (process.platform === "win32") return this.skip();
    writeFiles(root, Object.fromEntries(odd.map((path) => [path, path])));
    const store = await embed();
    const found = await foundIn(store, root);
    assert.deepEqual([...found.keys()].sort(), [...odd].sort());
    for (const path of odd) assert.deepEqual(found.get(path), vectorOf(path), path);
    await store.close();
    const again = await embed();
    assert.equal(again.report.unchanged, odd.length);
    await again.close();
  });

  it("are no hidden ones, no others than pictures, and none behind links unless they are asked for", async function () {
    if (process.platform === "win32") return this.skip();
    const outside = join(root, "..", "outside");
    writeFiles(root, { "a.jpg": "A", ".b.jpg": "B", ".hidden/c.jpg": "C", "notes.txt": "T", "d.jpg.part": "D" });
    writeFiles(outside, { "e.jpg": "E" });
    symlinkSync(outside, join(root, "linked"));
    symlinkSync(join(outside, "e.jpg"), join(root, "link.jpg"));
    symlinkSync(root, join(root, "loop"));
    symlinkSync("nowhere.jpg", join(root, "broken.jpg"));
    const plain = await embed();
    assert.deepEqual([...(await foundIn(plain, root)).keys()], ["a.jpg"]);
    await plain.close();
    const followed = await embed(root, { followLinks: true });
    const found = [...(await foundIn(followed, root)).keys()];
    assert.deepEqual(found.sort(), ["a.jpg", "link.jpg", "linked/e.jpg"]);
    assert.deepEqual(followed.report.failed, []);
    await followed.close();
  });

  it("may lie in two folders of one store, of which each run looks at its own alone", async () => {
    const other = join(root, "..", "other");
    writeFiles(root, { "a.jpg": "A" });
    writeFiles(other, { "a.jpg": "other A" });
    await (await embed()).close();
    const store = await embed(other);
    assert.deepEqual([store.report.added, store.report.gone], [1, 0]);
    assert.deepEqual(
      store.info().folders.map(({ path, pictures }) => [path, pictures]),
      [
        [root, 1],
        [other, 1],
      ],
    );
    const { pictures } = await store.embeddings();
    assert.deepEqual(
      pictures.map(({ name }) => name),
      [join(root, "a.jpg"), join(other, "a.jpg")],
    );
    await store.close();
  });

  it("are known in a folder inside one that was embedded, of which the rest is left alone", async () => {
    writeFiles(root, { "a.jpg": "A", "cats/b.jpg": "B", "cats/c.jpg": "C", "cats.jpg": "D", "dogs/e.jpg": "E" });
    await (await embed()).close();
    rmSync(join(root, "dogs"), { recursive: true });
    rmSync(join(root, "cats", "c.jpg"));
    writeFiles(root, { "cats/new.jpg": "N" });
    const cats = await embed(join(root, "cats"));
    const { folder: reported, added, unchanged, gone } = cats.report;
    assert.deepEqual([reported, added, unchanged, gone], [join(root, "cats"), 1, 1, 1]);
    assert.deepEqual(cats.info().folders, [{ path: root, pictures: 5 }]);
    const found = [...(await foundIn(cats, root)).keys()].sort();
    assert.deepEqual(found, ["a.jpg", "cats.jpg", "cats/b.jpg", "cats/new.jpg", "dogs/e.jpg"]);
    const { labels, pictures } = await cats.embeddings({ where: { folder: "cats" } });
    assert.deepEqual([labels, pictures.length], [["cats", "cats"], 2]);
    await cats.close();
  });

  it("are known in a folder around some that were embedded, and none twice", async () => {
    writeFiles(root, { "a.jpg": "A", "cats/b.jpg": "B", "x/dogs/c.jpg": "C" });
    for (const inner of ["cats", "x/dogs"]) await (await embed(join(root, inner))).close();
    model.shown.length = 0;
    const store = await embed();
    assert.deepEqual([store.report.added, store.report.unchanged, model.shown], [1, 2, [join(root, "a.jpg")]]);
    assert.deepEqual(store.info().folders, [{ path: root, pictures: 3 }]);
    const found = [...(await foundIn(store, root)).keys()].sort();
    assert.deepEqual(found, ["a.jpg", "cats/b.jpg", "x/dogs/c.jpg"]);
    assert.equal(store.holds(join(root, "x/dogs/c.jpg")), true);
    await store.close();
  });

  it("are the same folder's by whatever path it is given, and however it ends", async () => {
    writeFiles(root, { "a.jpg": "A" });
    mkdirSync(join(root, "sub"));
    await (await embed()).close();
    for (const path of [`${root}/`, `${root}/sub/..`, join(root, "..", ".", "pictures")]) {
      const store = await embed(path);
      assert.deepEqual([store.report.unchanged, store.info().folders.length], [1, 1], path);
      await store.close();
    }
  });

  it("are JPEG, PNG, WebP, GIF, AVIF and TIFF, each with its own size", async () => {
    const formats = ["jpeg", "png", "webp", "gif", "avif", "tiff"] as const;
    const drawn = sharp({ create: { width: 40, height: 30, channels: 3, background: "teal" } });
    const files: Record<string, Buffer> = {};
    for (const format of formats) files[`a.${format}`] = await drawn.clone().toFormat(format).toBuffer();
    writeFiles(root, { ...files, "a.jpg": files["a.jpeg"], "a.tif": files["a.tiff"] });
    await using tiny = await loadModel(fixture("models/dinov2"));
    const store = await embedFolder(root, { model: tiny, store: join(root, "s.patchlab"), size: 28 });
    const { pictures } = await store.embeddings();
    assert.equal(pictures.length, 8);
    assert.deepEqual(store.report.failed, []);
    for (const { width, height, name } of pictures) assert.deepEqual([width, height], [40, 30], name);
    await store.close();
  });
});
