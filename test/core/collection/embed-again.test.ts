/** A second run over a folder: what the store knows is neither read nor shown to the model. */
import assert from "node:assert/strict";
import { rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { embedFolder } from "#dist/core/collection/embed-folder.js";
import { type FakeModel, fakeModel, foundIn, vectorOf, writeFiles } from "../../support/stores.js";
import { temporaryFolder } from "../../support/temporary.js";

describe("embedFolder into a store", () => {
  const folder = temporaryFolder();
  let count = 0;
  let root: string;
  let model: FakeModel;
  beforeEach(() => {
    root = join(folder(), `run ${count++}`, "pictures");
    model = fakeModel();
  });

  /** What a run reports, which pictures the model was shown in it, and what the store finds after it. */
  async function run(using = model) {
    using.shown.length = 0;
    const store = await embedFolder(root, { model: using, store: join(root, "..", "s.patchlab") });
    const found = await foundIn(store, root, using.name);
    const { images } = await store.embeddings({ space: using.name });
    await store.close();
    const { folder: _, failed, ...counts } = store.report;
    const reported = Object.fromEntries(Object.entries(counts).filter(([, n]) => n > 0));
    return { reported, failed, found, shown: using.shown.map((name) => name.slice(root.length + 1)), images, store };
  }

  it("embeds every picture at first, with its size, its folder's name and the model's vector", async () => {
    writeFiles(root, { "a.jpg": "A", "cats/b.png": "B", "cats/c.webp": "C" });
    const { reported, found, shown, store } = await run();
    assert.deepEqual(reported, { added: 3 });
    assert.deepEqual(shown, ["a.jpg", "cats/b.png", "cats/c.webp"]);
    assert.deepEqual(
      [...found],
      [
        ["a.jpg", vectorOf("A")],
        ["cats/b.png", vectorOf("B")],
        ["cats/c.webp", vectorOf("C")],
      ],
    );
    assert.equal(store.report.folder, root);
  });

  it("shows the model a content once, however many new pictures have it, and bad ones each by its name", async () => {
    writeFiles(root, {
      "a.jpg": "A",
      "b.jpg": "B",
      "copy of a.jpg": "A",
      "x.jpg": "bad",
      "y.jpg": "bad",
      "z/a.jpg": "A",
    });
    const { reported, failed, found, shown } = await run();
    assert.deepEqual(reported, { added: 2, copied: 2 });
    assert.deepEqual(shown, ["a.jpg", "b.jpg", "x.jpg", "y.jpg"]);
    assert.deepEqual([...found.keys()], ["a.jpg", "b.jpg", "copy of a.jpg", "z/a.jpg"]);
    for (const name of ["a.jpg", "copy of a.jpg", "z/a.jpg"]) assert.deepEqual(found.get(name), vectorOf("A"));
    assert.deepEqual(
      failed.map(({ path }) => path.slice(root.length + 1)),
      ["x.jpg", "y.jpg"],
    );
  });

  it("keeps pictures with their labels and pixels", async () => {
    writeFiles(root, { "a.jpg": "A", "cats/b.png": "B" });
    const store = await embedFolder(root, { model, store: join(root, "s.patchlab") });
    const { pictures, labels, modelName, size } = await store.embeddings();
    assert.deepEqual(labels, ["pictures", "cats"]);
    assert.deepEqual([pictures[1].width, pictures[1].height, modelName, size], [8, 6, "fake", [224, 224]]);
    await store.close();
  });

  it("opens no file whose size and time are as before, not even to see that its bytes are others", async () => {
    writeFiles(root, { "a.jpg": "A", "b.jpg": "B" });
    await run();
    writeFiles(root, { "a.jpg": "X", "b.jpg": "Y" });
    const { reported, found, shown } = await run();
    assert.deepEqual([reported, shown], [{ unchanged: 2 }, []]);
    assert.deepEqual(found.get("a.jpg"), vectorOf("A"));
  });

  it("looks into a file that was touched, and keeps its vector without the model", async () => {
    writeFiles(root, { "a.jpg": "A" });
    const before = await run();
    utimesSync(join(root, "a.jpg"), 2e9, 2e9);
    const touched = await run();
    assert.deepEqual([touched.reported, touched.shown, touched.images], [{ unchanged: 1 }, [], before.images]);
    // the new time was written down: other bytes of this time and size go unnoticed
    writeFiles(root, { "a.jpg": "X" }, 2e9);
    assert.deepEqual((await run()).found.get("a.jpg"), vectorOf("A"));
  });

  it("embeds a picture with another content again, and drops the old one's vectors of every model", async () => {
    const other = fakeModel({ name: "other" });
    writeFiles(root, { "a.jpg": "A", "b.jpg": "B" });
    await run();
    await run(other);
    writeFiles(root, { "a.jpg": "longer" });
    const { reported, found, shown } = await run();
    assert.deepEqual([reported, shown], [{ changed: 1, unchanged: 1 }, ["a.jpg"]]);
    assert.deepEqual(found.get("a.jpg"), vectorOf("longer"));
    const others = await run(other);
    assert.deepEqual([others.reported, others.shown], [{ added: 1, unchanged: 1 }, ["a.jpg"]]);
    assert.deepEqual(others.found.get("a.jpg"), vectorOf("longer", "other"));
  });

  it("gives a copy the vector of its original without the model, in every space", async () => {
    const other = fakeModel({ name: "other" });
    writeFiles(root, { "a.jpg": "A" });
    await run();
    await run(other);
    writeFiles(root, { "a copy.jpg": "A" });
    const { reported, found, shown } = await run();
    assert.deepEqual([reported, shown], [{ copied: 1, unchanged: 1 }, []]);
    assert.deepEqual(found.get("a copy.jpg"), vectorOf("A"));
    const others = await run(other);
    assert.deepEqual([others.reported, others.shown], [{ unchanged: 2 }, []]);
    assert.deepEqual(others.found.get("a copy.jpg"), vectorOf("A", "other"));
  });

  it("keeps a picture's vectors of one model when it takes those of another from a copy", async () => {
    const other = fakeModel({ name: "other" });
    const elsewhere = join(root, "..", "elsewhere");
    writeFiles(root, { "a.jpg": "A" });
    writeFiles(elsewhere, { "b.jpg": "A" });
    await run();
    const store = join(root, "..", "s.patchlab");
    // with the first model too, so that it has more to give than is needed
    for (const using of [other, model]) await (await embedFolder(elsewhere, { model: using, store })).close();
    const { reported, shown } = await run(other);
    assert.deepEqual([reported, shown], [{ copied: 1 }, []]);
    assert.deepEqual((await run()).reported, { unchanged: 1 });
  });

  it("marks a deleted picture as gone, and takes it back without the model when it comes back", async () => {
    writeFiles(root, { "a.jpg": "A", "b.jpg": "B" });
    const before = await run();
    rmSync(join(root, "a.jpg"));
    const without = await run();
    assert.deepEqual([without.reported, [...without.found.keys()]], [{ unchanged: 1, gone: 1 }, ["b.jpg"]]);
    assert.deepEqual((await run()).reported, { unchanged: 1 });
    writeFiles(root, { "a.jpg": "A" }, 2e9);
    const back = await run();
    assert.deepEqual([back.reported, back.shown, back.images], [{ unchanged: 2 }, [], before.images]);
  });

  it("takes back a picture that was deleted and finds its copy in one run", async () => {
    writeFiles(root, { "b.jpg": "B", "other.jpg": "O" });
    await run();
    rmSync(join(root, "b.jpg"));
    await run();
    writeFiles(root, { "a.jpg": "B", "b.jpg": "B", "c.jpg": "B" }, 2e9);
    const { found, shown } = await run();
    assert.deepEqual([[...found.keys()].sort(), shown], [["a.jpg", "b.jpg", "c.jpg", "other.jpg"], []]);
  });

  it("finds two copies of a deleted picture in one run", async () => {
    writeFiles(root, { "gone.jpg": "B", "other.jpg": "O" });
    await run();
    rmSync(join(root, "gone.jpg"));
    await run();
    writeFiles(root, { "a.jpg": "B", "z.jpg": "B" });
    const { found, shown } = await run();
    assert.deepEqual([[...found.keys()].sort(), shown], [["a.jpg", "other.jpg", "z.jpg"], []]);
    assert.deepEqual((await run()).reported, { unchanged: 3 });
  });

  it("counts progress up to the number of pictures that it had to look at", async () => {
    writeFiles(root, { "a.jpg": "A", "b.jpg": "B", "bad.jpg": "bad", "c.jpg": "C", "d.jpg": "D", "e.jpg": "E" });
    const seen: [number, number][] = [];
    const options = { model, store: join(root, "s.patchlab"), onProgress: (...at: [number, number]) => seen.push(at) };
    await (await embedFolder(root, options)).close();
    assert.deepEqual(seen.at(-1), [6, 6]);
    assert.ok(seen.every(([done, total], i) => total === 6 && done > (seen[i - 1]?.[0] ?? 0)));
    seen.length = 0;
    writeFiles(root, { "f.jpg": "F" });
    await (await embedFolder(root, options)).close();
    assert.deepEqual(seen, [[1, 1]]);
  });
});
