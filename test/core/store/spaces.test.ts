/** Vectors of several models in one store, which are never mixed up. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { type EmbeddedStore, embedFolder } from "#dist/core/collection/embed-folder.js";
import type { EmbedIntoStoreOptions } from "#dist/core/collection/embed-into-store.js";
import { ArgumentError, ModelMismatchError, StoreError } from "#dist/core/errors.js";
import type { Model } from "#dist/core/model/model.js";
import { spaceOf } from "#dist/core/model/vector-space.js";
import { openDatabase } from "#dist/core/store/database.js";
import { openStore } from "#dist/core/store/feature-store.js";
import { chooseSpace } from "#dist/core/store/spaces.js";
import { fakeModel, foundIn, vectorOf, writeFiles } from "../../support/stores.js";
import { temporaryFolder } from "../../support/temporary.js";

describe("a store with vectors of several models", () => {
  const folder = temporaryFolder();
  let count = 0;
  let root: string;
  let store: EmbeddedStore;
  beforeEach(async () => {
    root = join(folder(), `spaces ${count++}`, "pictures");
    writeFiles(root, { "a.jpg": "A", "b.jpg": "B", "c.jpg": "C" });
    store = await embed(fakeModel());
  });
  afterEach(() => store.close());

  async function embed(model: Model, options: Partial<EmbedIntoStoreOptions> = {}) {
    await store?.close();
    store = await embedFolder(root, { ...options, model, store: join(root, "..", "s.patchlab") });
    return store;
  }

  const other = fakeModel({ name: "other", dim: 12 });

  async function mismatch(model: Model, ...parts: RegExp[]): Promise<void> {
    await assert.rejects(store.index({ model }), (e: Error) => {
      assert.ok(e instanceof ModelMismatchError, e.stack);
      for (const part of parts) assert.match(e.message, part);
      return true;
    });
  }

  it("keeps each one's own, of its own length", async () => {
    await embed(other);
    assert.deepEqual((await foundIn(store, root, "fake")).get("b.jpg"), vectorOf("B"));
    assert.deepEqual((await foundIn(store, root, "other")).get("b.jpg"), vectorOf("B", "other", 12));
    const { spaces, pictures } = store.info();
    assert.deepEqual(
      spaces.map(({ modelName, modelSource, dim, vectors, inputSize }) => [
        modelName,
        modelSource,
        dim,
        vectors,
        inputSize,
      ]),
      [
        ["fake", "models/fake", 8, 3, [224, 224]],
        ["other", "models/other", 12, 3, [224, 224]],
      ],
    );
    assert.notEqual(spaces[0].fingerprint, spaces[1].fingerprint);
    assert.equal(pictures.here, 3);
  });

  it("is not searched with a query from another model, and the error names both, also if their vectors are as long", async () => {
    await mismatch(fakeModel({ name: "stranger" }), /stranger \([0-9a-f]{8}\) is another than fake \([0-9a-f]{8}\)/);
    await embed(other);
    await mismatch(fakeModel({ name: "stranger" }), /stranger/, /fake \([0-9a-f]{8}\)/, /other \([0-9a-f]{8}\)/);
  });

  it("is not searched with a model of the same name and other weights", async () => {
    await mismatch(fakeModel({ name: "fake", weights: "of another day" }), /fake \(.{8}\) is another than fake \(/);
  });

  it("is searched with a model of another name and the same weights", async () => {
    const index = await store.index({ model: fakeModel({ name: "renamed", weights: "fake" }) });
    assert.equal(index.size, 3);
  });

  it("finds the right space among several by the model", async () => {
    await embed(other);
    for (const [model, dim] of [
      [fakeModel(), 8],
      [other, 12],
    ] as const)
      assert.equal((await store.index({ model })).dim, dim);
  });

  it("keeps apart what one model made of pictures at another size, fit, pooling or background", async () => {
    const ways = [{ size: 448 }, { fit: "squash" }, { pooling: "mean" }, { background: [0, 0, 0] }] as const;
    for (const way of ways) {
      await embed(fakeModel(), way);
      assert.deepEqual([store.report.added, store.report.unchanged], [3, 0], JSON.stringify(way));
      await embed(fakeModel(), way);
      assert.deepEqual([store.report.added, store.report.unchanged], [0, 3], JSON.stringify(way));
    }
    const { spaces } = store.info();
    assert.equal(new Set(spaces.map(({ fingerprint }) => fingerprint)).size, 5);
    assert.deepEqual(spaces[1].inputSize, [448, 448]);
  });

  it("asks which one is meant when a model read pictures in several ways", async () => {
    await embed(fakeModel(), { size: 448 });
    await assert.rejects(store.index({ model: fakeModel() }), (e: Error) => {
      assert.ok(e instanceof ArgumentError && !(e instanceof ModelMismatchError));
      assert.match(e.message, /holds vectors of fake \([0-9a-f]{8}\), fake \([0-9a-f]{8}\), so give one/);
      return true;
    });
    const { fingerprint } = store.info().spaces[1];
    const index = await store.index({ model: fakeModel(), space: fingerprint.slice(0, 8) });
    assert.equal(index.size, 3);
  });

  it("reads a query as the vectors were made, whatever the model's own way", async () => {
    store = await embed(other, { size: 448, fit: "letterbox" });
    const asked: unknown[] = [];
    const spy: Model = {
      ...other,
      extract(images, options) {
        asked.push(options);
        return other.extract(images, options);
      },
    };
    writeFiles(folder(), { "query.jpg": "C" });
    const index = await store.index({ model: spy });
    const { queries } = await index.search(join(folder(), "query.jpg"), { k: 1 });
    assert.ok(queries[0].hits[0].similarity > 0.9999);
    assert.deepEqual(asked, [{ size: 448, fit: "letterbox", clsOnly: true }]);
  });

  it("needs no model for a query that it holds as it is on disk", async () => {
    const index = await store.index();
    const { queries } = await index.search(join(root, "b.jpg"), { k: 3 });
    assert.deepEqual([queries[0].row, queries[0].hits.length], [1, 2]);
    assert.equal(store.holds(join(root, "b.jpg")), true);
    writeFiles(root, { "b.jpg": "changed" });
    assert.equal(store.holds(join(root, "b.jpg")), false);
    assert.equal(store.holds(join(root, "nowhere.jpg")), false);
    await assert.rejects(index.search(join(root, "b.jpg")), /has no model to read it/);
  });
});

describe("chooseSpace", () => {
  const folder = temporaryFolder();

  it("gives the only one, by nothing, its name or its fingerprint, and says what there is otherwise", async () => {
    const path = join(folder(), "s.patchlab");
    const root = join(folder(), "pictures");
    writeFiles(root, { "a.jpg": "A" });
    const database = openDatabase(path, { create: true });
    assert.throws(
      () => chooseSpace(database),
      (e: Error) => e instanceof StoreError && /holds no vectors yet/.test(e.message),
    );
    await (await embedFolder(root, { model: fakeModel(), store: path })).close();
    const { fingerprint } = await spaceOf(fakeModel());
    for (const wanted of [undefined, "fake", fingerprint, fingerprint.slice(0, 8)])
      assert.equal(chooseSpace(database, wanted).fingerprint, fingerprint, wanted);
    assert.throws(() => chooseSpace(database, "absent"), {
      name: "ArgumentError",
      argument: "space",
      message: new RegExp(
        `^space is "absent", which is none of those in .*: fake \\(${fingerprint.slice(0, 8)}\\); give a name`,
      ),
    });
    for (const model of [fakeModel({ name: "other" }), fakeModel({ name: "other", weights: "x" })])
      await (await embedFolder(root, { model, store: path })).close();
    assert.throws(() => chooseSpace(database), /is missing: .* holds vectors of fake \(.*\), other \(.*\), other \(/);
    assert.throws(() => chooseSpace(database, "other"), /is "other", which is more than one of those/);
    database.close();
  });

  it("fails with a StoreError for a reading that it does not know, and does not guess", async () => {
    const path = join(folder(), "reading.patchlab");
    const root = join(folder(), "pictures");
    writeFiles(root, { "a.jpg": "A" });
    await (await embedFolder(root, { model: fakeModel(), store: path })).close();
    const database = openDatabase(path);
    for (const reading of ["", "{}", '{"transform":{"resize":{"rule":"new"}}}', "[1"]) {
      database.run("UPDATE spaces SET reading = ?", reading);
      const store = await openStore(path);
      await assert.rejects(
        store.index(),
        (e: Error) => e instanceof StoreError && /how its pictures were read/.test(e.message),
      );
      await store.close();
    }
    database.close();
  });
});
