/** Searching what a store holds. */
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { embedFolder } from "#dist/core/collection/embed-folder.js";
import { ArgumentError, ClosedError, ShapeError, StoreError } from "#dist/core/errors.js";
import { loadModel } from "#dist/core/model/load.js";
import type { Model } from "#dist/core/model/model.js";
import { row } from "#dist/core/numeric/matrix.js";
import { exactIndex } from "#dist/core/retrieval/exact.js";
import { openDatabase } from "#dist/core/store/database.js";
import { type FeatureStore, openStore } from "#dist/core/store/feature-store.js";
import { fixture } from "../../support/fixtures.js";
import { shoes } from "../../support/pictures.js";
import { normalMatrix } from "../../support/samples.js";
import { storeOf } from "../../support/stores.js";
import { temporaryFolder } from "../../support/temporary.js";

const vectors = normalMatrix(300, 16, 1, { deviation: () => 1 });

describe("an index of a store", () => {
  const folder = temporaryFolder();
  let store: FeatureStore;
  before(async () => {
    store = await storeOf(join(folder(), "s.patchlab"), vectors);
  });
  after(() => store.close());

  it("finds what an index over the same vectors in memory finds, to every kind of question", async () => {
    await using index = await store.index();
    await using memory = await exactIndex(vectors);
    const questions = [
      row(vectors, 5),
      { row: 7 },
      normalMatrix(3, 16, 2),
      { positives: [{ row: 1 }, row(vectors, 2)], negatives: [{ row: 3 }], gamma: 0.5 },
      [{ row: 1 }, normalMatrix(2, 16, 3), { positives: [{ row: 9 }] }],
    ];
    for (const question of questions) {
      const [found, expected] = [await index.search(question, { k: 4 }), await memory.search(question, { k: 4 })];
      const numbers = ({ queries }: typeof found) =>
        queries.map((query) => [query.row, query.hits.map((hit) => [hit.row, hit.similarity, hit.percentile])]);
      assert.deepEqual(numbers(found), numbers(expected));
    }
    assert.deepEqual([index.size, index.dim, index.kind, index.recall], [300, 16, "exact", 1]);
  });

  it("gives each hit its picture, its label and a percentile that falls with the similarity", async () => {
    await using index = await store.index();
    const { queries, modelName, inputSize, size } = await index.search({ row: 205 }, { k: 299 });
    const [{ picture, label, hits }] = queries;
    assert.deepEqual(
      [picture?.name, label, modelName, inputSize, size],
      ["/pictures/2/205.jpg", "2", "fake", [224, 224], 300],
    );
    for (const [i, hit] of hits.entries()) {
      assert.equal(hit.picture?.name, `/pictures/${Math.floor(hit.row / 100)}/${hit.row}.jpg`);
      assert.ok(hit.percentile! >= 0 && hit.percentile! <= 100);
      if (i > 0) assert.ok(hit.similarity <= hits[i - 1].similarity && hit.percentile! <= hits[i - 1].percentile!);
    }
    // of pictures that have nothing to do with each other, half lie below the median
    const middle = hits[Math.floor(hits.length / 2)].percentile!;
    assert.ok(middle > 30 && middle < 70, `${middle}`);
  });

  it("knows its rows by the images' ids in the store", async () => {
    await using index = await store.index();
    const { images } = await store.embeddings();
    assert.deepEqual(index.images, images);
    assert.equal(index.images.length, 300);
  });

  it("leaves out rows that are excluded, on top of a condition", async () => {
    await using index = await store.index();
    const where = { folder: "1" };
    const { queries } = await index.search(row(vectors, 150), { k: 1000, where, exclude: [150, 151] });
    const rows = queries[0].hits.map((hit) => hit.row).sort((a, b) => a - b);
    assert.deepEqual(
      rows,
      Array.from({ length: 100 }, (_, i) => 100 + i).filter((i) => i !== 150 && i !== 151),
    );
  });

  it("refuses k = 0, vectors of another length and no question, by name", async () => {
    await using index = await store.index();
    for (const k of [0, -1, 1.5, Number.NaN]) await assert.rejects(index.search({ row: 0 }, { k }), ArgumentError);
    await assert.rejects(index.search(new Float32Array(8).fill(1)), ShapeError);
    await assert.rejects(index.search([]), ArgumentError);
    await assert.rejects(store.index({ kind: "annoy" as never }), /kind/);
  });

  it("is of the pictures as they were when it was opened, while the store goes on", async () => {
    const path = join(folder(), "changing.patchlab");
    const changing = await storeOf(path, vectors);
    await using index = await changing.index();
    const database = openDatabase(path);
    database.exec("UPDATE images SET state = 'gone' WHERE id <= 100; DELETE FROM images WHERE id > 290");
    database.close();
    const { queries } = await index.search(row(vectors, 0), { k: 300 });
    assert.equal(queries[0].hits.length, 300);
    // a condition is about those that are there now
    const { queries: filtered } = await index.search(row(vectors, 0), { k: 300, where: {} });
    assert.equal(filtered[0].hits.length, 190);
    assert.equal((await changing.index()).size, 190);
    await changing.close();
  });

  it("is closed with its store, and says so", async () => {
    const other = await openStore(join(folder(), "s.patchlab"));
    const index = await other.index();
    await other.close();
    await assert.rejects(index.search({ row: 0 }), ClosedError);
    await assert.rejects(index.search({ row: 0 }, { where: {} }), ClosedError);
  });

  async function spoilt(sql: string, ...values: (number | Uint8Array)[]): Promise<FeatureStore> {
    const path = join(folder(), `spoilt ${sql.length} ${values[0]}.patchlab`);
    const made = await storeOf(path, vectors);
    const database = openDatabase(path);
    database.run(sql, ...values);
    database.close();
    return made;
  }

  const isDamage = (message: RegExp) => (e: Error) => e instanceof StoreError && message.test(e.message);

  it("names the picture whose vector holds NaN instead of being opened", async () => {
    const bad = new Uint8Array(Float32Array.from({ length: 16 }, (_, i) => (i === 3 ? Number.NaN : 1)).buffer);
    const other = await spoilt("UPDATE vectors SET vector = ? WHERE id = 42", bad);
    await assert.rejects(
      other.index(),
      isDamage(/holds a vector with NaN or an infinity, that of \/pictures\/0\/41\.jpg/),
    );
    await other.close();
  });

  it("says that a vector has too many or too few numbers", async () => {
    for (const length of [0, 63, 65, 128]) {
      const other = await spoilt("UPDATE vectors SET vector = zeroblob(?) WHERE id = 42", length);
      await assert.rejects(other.index(), isDamage(/holds a vector that has not 16 numbers: it is damaged/));
      await assert.rejects(other.embeddings(), isDamage(/holds a vector that has not 16 numbers/));
      await other.close();
    }
  });

  it("cannot be opened where all pictures are gone", async () => {
    const other = await spoilt("UPDATE images SET state = 'gone'");
    await assert.rejects(
      other.index(),
      isDamage(/holds no vectors of fake: its pictures are gone, or none was embedded/),
    );
    await other.close();
  });
});

describe("an index of a store, with the model that made it", () => {
  const folder = temporaryFolder();
  let model: Model;
  let store: FeatureStore;
  let root: string;
  before(async () => {
    root = join(folder(), "pictures");
    mkdirSync(root);
    for (const [i, path] of shoes.entries()) copyFileSync(path, join(root, `${i}.jpg`));
    model = await loadModel(fixture("models/dinov2"));
    store = await embedFolder(root, { model, size: 56, store: join(folder(), "s.patchlab") });
  });
  after(async () => {
    await store.close();
    await model.close();
  });

  it("finds a picture from elsewhere by what it shows, as the store's were read", async () => {
    await using index = await store.index({ model });
    const { queries, inputSize } = await index.search(shoes[2], { k: 1 });
    const [{ picture, row: asked, hits }] = queries;
    assert.deepEqual([picture?.name, asked, hits[0].row, inputSize], [shoes[2], undefined, 2, [56, 56]]);
    assert.ok(hits[0].similarity > 0.999999);
  });

  it("looks for a box of a picture in the others, patch by patch, with what it matched", async () => {
    await using index = await store.index({ model });
    const region = { left: 60, top: 60, width: 100, height: 80 };
    const seen: [number, number][] = [];
    const onProgress = (...at: [number, number]) => void seen.push(at);
    const found = await index.search({ picture: join(root, "1.jpg"), region }, { k: 2, onProgress });
    const [{ row: asked, hits }] = found.queries;
    assert.deepEqual([asked, hits.length], [1, 2]);
    for (const hit of hits) {
      assert.notEqual(hit.row, 1);
      assert.ok(hit.match && "covered" in hit.match && hit.match.region === region);
      assert.equal(hit.match.b.picture?.name, join(root, `${hit.row}.jpg`));
      assert.equal(hit.similarity, hit.match.similarity);
    }
    assert.ok(hits[0].similarity >= hits[1].similarity);
    assert.deepEqual(seen.at(-1), [3, 3]);
    const byRow = await index.search({ picture: { row: 1 }, region }, { k: 2 });
    assert.deepEqual(
      byRow.queries[0].hits.map(({ row: r, similarity }) => [r, similarity]),
      hits.map(({ row: r, similarity }) => [r, similarity]),
    );
  });

  it("finds the box itself in a copy of its picture", async () => {
    await using index = await store.index({ model });
    const region = { left: 60, top: 60, width: 100, height: 80 };
    const { queries } = await index.search({ picture: shoes[3], region }, { k: 1 });
    assert.equal(queries[0].hits[0].row, 3);
    assert.ok(queries[0].hits[0].similarity > 0.99999);
  });

  it("says why a hit is one, where that is asked for", async () => {
    await using index = await store.index({ model });
    const { queries } = await index.search([{ row: 0 }, join(root, "1.jpg")], { k: 2, explain: true });
    for (const [i, { hits }] of queries.entries())
      for (const { match, row: r } of hits) {
        assert.deepEqual(
          [match?.a.picture?.name, match?.b.picture?.name],
          [join(root, `${i}.jpg`), join(root, `${r}.jpg`)],
        );
        assert.ok(match!.pairs.length > 0 && match!.a.data.length === match!.a.rows * match!.a.cols);
      }
    const plain = await index.search({ row: 0 }, { k: 1 });
    assert.equal(plain.queries[0].hits[0].match, undefined);
    const vector = row((await store.embeddings()).vectors, 0);
    await assert.rejects(index.search(vector, { explain: true }), /must be a picture .* the query is a vector/);
  });
});
