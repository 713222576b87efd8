/** Vectors that go out of a store and come into one, and what the store knows of their pictures then. */
import assert from "node:assert/strict";
import { mkdirSync, realpathSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { embedFolder } from "#dist/core/collection/embed-folder.js";
import { FormatError, ModelMismatchError, ShapeError, StoreBusyError } from "#dist/core/errors.js";
import { writeVectors } from "#dist/core/interchange/write-vectors.js";
import { matrix, row } from "#dist/core/numeric/matrix.js";
import { openDatabase } from "#dist/core/store/database.js";
import { exportVectors, importVectors } from "#dist/core/store/exchange.js";
import { becomeWriter } from "#dist/core/store/writer.js";
import { fakeModel, foundIn, vectorOf, writeFiles } from "../../support/stores.js";
import { temporaryFolder } from "../../support/temporary.js";

describe("importVectors", () => {
  const folder = temporaryFolder();
  let count = 0;
  let root: string;
  let store: string;
  let file: string;
  const names = ["a.jpg", "cats/b.jpg"];
  const vectors = matrix(Float32Array.from([...vectorOf("A"), ...vectorOf("B")]), 2, 8);

  beforeEach(async () => {
    const here = join(realpathSync(folder()), `exchange ${count++}`);
    [root, store, file] = ["pictures", "s.patchlab", "v.npy"].map((name) => join(here, name));
    writeFiles(root, { "a.jpg": "A", "cats/b.jpg": "B" });
    await writeVectors(file, { vectors, names, labels: ["x", "y"] });
  });

  it("gives back what exportVectors wrote: vectors, paths and labels", async () => {
    const first = await embedFolder(root, { model: fakeModel(), store });
    await exportVectors(first, file, { relativeTo: root });
    const before = await first.embeddings();
    await first.close();
    const second = await importVectors(file, { root, store: join(root, "..", "second.patchlab") });
    const after = await second.embeddings();
    assert.deepEqual([second.imported, after.vectors, after.labels], [2, before.vectors, before.labels]);
    assert.deepEqual(
      after.pictures.map(({ name }) => name),
      before.pictures.map(({ name }) => name),
    );
    await second.close();
  });

  it("makes pictures known by their paths, so that a folder that is embedded later needs no model for them", async () => {
    const model = fakeModel();
    await (await importVectors(file, { root, store, model })).close();
    writeFiles(root, { "new.jpg": "N" });
    const embedded = await embedFolder(root, { model, store });
    assert.deepEqual([embedded.report.added, embedded.report.unchanged, model.shown], [1, 2, [join(root, "new.jpg")]]);
    assert.deepEqual((await embedded.embeddings()).labels, ["x", "y", "pictures"]);
    await embedded.close();
  });

  it("knows the folder also through a link, and inside one that was embedded", async () => {
    const model = fakeModel();
    const link = join(root, "..", "link");
    symlinkSync(root, link);
    await (await importVectors(file, { root: link, store, model })).close();
    const embedded = await embedFolder(root, { model, store });
    assert.equal(embedded.report.unchanged, 2);
    await embedded.close();
    await writeVectors(file, { vectors: matrix(vectorOf("C"), 1, 8), names: ["c.jpg"] });
    const inner = await importVectors(file, { root: join(root, "cats"), store, model });
    assert.deepEqual([...(await foundIn(inner, root)).keys()], ["a.jpg", "cats/b.jpg", "cats/c.jpg"]);
    assert.equal(inner.info().folders.length, 1);
    await inner.close();
  });

  it("puts vectors of an unknown model beside those of others, to be searched by vector alone", async () => {
    await (await embedFolder(root, { model: fakeModel(), store })).close();
    const other = matrix(
      Float32Array.from({ length: 6 }, (_, i) => i + 1),
      2,
      3,
    );
    await writeVectors(file, { vectors: other, names });
    const imported = await importVectors(file, { root, store });
    const { spaces, pictures } = imported.info();
    assert.deepEqual(
      [spaces.map(({ modelName, dim }) => [modelName, dim]), pictures.here],
      [
        [
          ["fake", 8],
          ["v.npy", 3],
        ],
        2,
      ],
    );
    const index = await imported.index({ space: "v.npy" });
    assert.equal((await index.search(row(other, 1), { k: 1 })).queries[0].hits[0].row, 1);
    await assert.rejects(
      imported.index({ space: "v.npy", model: fakeModel({ dim: 3 }) }),
      (e: Error) =>
        e instanceof ModelMismatchError && /fake cannot be compared .* of v\.npy .* imported without/.test(e.message),
    );
    await imported.close();
  });

  it("refuses vectors of zeros, names that come twice or are none, and a model of another size", async () => {
    const zero = matrix(Float32Array.from([...vectorOf("A"), ...new Float32Array(8)]), 2, 8);
    await writeVectors(file, { vectors: zero, names });
    await assert.rejects(
      importVectors(file, { root, store }),
      (e: Error) => e instanceof FormatError && /zeros in row 1 \(cats\/b\.jpg\)/.test(e.message),
    );
    for (const wrong of ["./a.jpg", "cats/.."]) {
      await writeVectors(file, { vectors, names: ["a.jpg", wrong] });
      await assert.rejects(
        importVectors(file, { root, store }),
        (e: Error) => e instanceof FormatError && /row 1/.test(e.message),
      );
    }
    await writeVectors(file, { vectors, names });
    await assert.rejects(importVectors(file, { root, store, model: fakeModel({ dim: 9 }) }), ShapeError);
  });

  it("refuses names that lead out of its root, so that no picture comes into the store twice", async () => {
    const first = await embedFolder(root, { model: fakeModel(), store });
    await exportVectors(first, file);
    const elsewhere = join(root, "..", "elsewhere");
    await assert.rejects(
      importVectors(file, { root: elsewhere, store, model: fakeModel({ name: "other" }) }),
      (e: Error) => e instanceof FormatError && /a\.jpg" in row 0, which lies outside .*elsewhere/.test(e.message),
    );
    assert.deepEqual(first.info().folders, [{ path: root, pictures: 2 }]);
    const link = join(root, "..", "link");
    symlinkSync(root, link);
    await writeVectors(file, { vectors, names: [join(root, "a.jpg"), join(link, "cats/b.jpg")] });
    const imported = await importVectors(file, { root: link, store, model: fakeModel({ name: "other" }) });
    const { pictures, spaces } = imported.info();
    assert.deepEqual([pictures.here, spaces.map(({ vectors }) => vectors)], [2, [2, 2]]);
    await imported.close();
    await first.close();
  });

  it("is told who is writing", async () => {
    mkdirSync(join(store, ".."), { recursive: true });
    const database = openDatabase(store, { create: true });
    const writer = await becomeWriter(database);
    await assert.rejects(importVectors(file, { root, store }), StoreBusyError);
    writer.end();
    const imported = await importVectors(file, { root, store });
    assert.equal(imported.imported, 2);
    await imported.close();
    database.close();
  });
});
