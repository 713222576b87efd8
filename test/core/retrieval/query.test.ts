/** What can be asked of an index, told apart. */
import assert from "node:assert/strict";
import { ArgumentError, DegenerateDataError, NotFiniteError, ShapeError } from "#dist/core/errors.js";
import type { Model } from "#dist/core/model/model.js";
import { matrix, row } from "#dist/core/numeric/matrix.js";
import { askedQueries, isRegionQuery, type PictureReader } from "#dist/core/retrieval/query.js";
import { rocchio } from "#dist/core/retrieval/rocchio.js";
import type { VectorSource } from "#dist/core/retrieval/searcher.js";
import { normalMatrix } from "../../support/samples.js";
import { fakeModel, vectorOf } from "../../support/stores.js";

const base = normalMatrix(10, 8, 1, { deviation: () => 1 });
const source: VectorSource = {
  ...{ rows: 10, cols: 8 },
  vector: (i) => row(base, i),
  read: (from, to) => matrix(base.data.subarray(from * 8, to * 8), to - from, 8),
};
const reader: PictureReader = { model: fakeModel(), rowOf: (path) => (path === "known.jpg" ? 4 : undefined) };

const ask = (query: unknown, using: PictureReader = reader) => askedQueries(query as never, source, using);

describe("askedQueries", () => {
  it("takes a vector as it is, and a matrix row by row", async () => {
    const vector = row(base, 3);
    assert.deepEqual(await ask(vector), [{ vector, own: [] }]);
    const asked = await ask(normalMatrix(3, 8, 2));
    assert.deepEqual(
      asked.map((one) => [...one.vector]),
      [0, 1, 2].map((i) => [...row(normalMatrix(3, 8, 2), i)]),
    );
  });

  it("takes a row of the index, which is its own", async () => {
    assert.deepEqual(await ask({ row: 7 }), [{ vector: row(base, 7), row: 7, own: [7] }]);
  });

  it("reads bytes and pixels with the model, with the index's way of reading", async () => {
    const model = fakeModel();
    const seen: unknown[] = [];
    const spy: Model = {
      ...model,
      extract(images, options) {
        seen.push(options);
        return model.extract(images, options);
      },
    };
    const signal = new AbortController().signal;
    const [asked] = await ask(Buffer.from("bytes"), {
      model: spy,
      size: 56,
      fit: "squash",
      background: [1, 2, 3],
      signal,
    });
    assert.deepEqual(asked.vector, vectorOf("bytes"));
    assert.equal(asked.picture?.width, 8);
    assert.deepEqual(seen, [{ size: 56, fit: "squash", background: [1, 2, 3], signal, clsOnly: true }]);
    const pixels = { data: Buffer.from("pixels"), width: 1, height: 2 };
    assert.deepEqual((await ask(pixels))[0].vector, vectorOf("pixels"));
  });

  it("takes a picture that the index holds for its row, without the model", async () => {
    assert.deepEqual(await ask("known.jpg", { ...reader, model: undefined }), [
      { vector: row(base, 4), row: 4, own: [4] },
    ]);
  });

  it("joins examples of every kind as rocchio does, and leaves those that are rows out of the hits", async () => {
    const more = normalMatrix(2, 8, 5);
    const positives = [{ row: 1 }, more, "known.jpg", Buffer.from("bytes")];
    const [asked] = await ask({ positives, negatives: [{ row: 2 }], beta: 1, gamma: 0.5 });
    const stacked = [row(base, 1), row(more, 0), row(more, 1), row(base, 4), vectorOf("bytes")];
    const expected = rocchio({
      positives: matrix(Float32Array.from(stacked.flatMap((v) => [...v])), 5, 8),
      negatives: matrix(row(base, 2), 1, 8),
      ...{ beta: 1, gamma: 0.5 },
    });
    assert.deepEqual(asked, { vector: expected, own: [1, 4, 2] });
  });

  it("refuses what it cannot turn into vectors of the index, by name", async () => {
    const both = (e: Error) =>
      e instanceof ShapeError && /has 4 numbers a vector where the index has 8/.test(e.message);
    await assert.rejects(ask(new Float32Array(4)), both);
    await assert.rejects(ask(normalMatrix(2, 4, 1)), both);
    await assert.rejects(ask(Buffer.from("x"), { model: fakeModel({ dim: 4 }) }), both);
    for (const r of [-1, 10, 1.5, "1", undefined]) await assert.rejects(ask({ row: r }), /query\.row is .*rows 0 to 9/);
    await assert.rejects(
      ask("a.jpg", {}),
      (e: Error) => e instanceof ArgumentError && /has no model to read/.test(e.message),
    );
    for (const query of [undefined, null, 3, {}, [1, 2], new Float64Array(8), () => 1])
      await assert.rejects(ask(query), (e: Error) => e instanceof ArgumentError && /none of the kinds/.test(e.message));
  });

  it("refuses examples that leave no direction", async () => {
    await assert.rejects(ask({ positives: [] }), { name: "ShapeError", argument: "positives" });
    await assert.rejects(ask({ positives: "a.jpg" }), { name: "ArgumentError", argument: "positives" });
    await assert.rejects(ask({ positives: [{ row: 1 }], negatives: 3 }), {
      name: "ArgumentError",
      argument: "negatives",
    });
    await assert.rejects(ask({ positives: [{ row: 1 }], negatives: [{ row: 1 }], gamma: 0.75 }), DegenerateDataError);
    await assert.rejects(ask({ positives: [new Float32Array(8).fill(Number.NaN)] }), NotFiniteError);
    await assert.rejects(ask({ positives: [new Float32Array(8)] }), DegenerateDataError);
    await assert.rejects(ask({ positives: [{ row: 1 }], beta: 0 }), ArgumentError);
  });
});

describe("isRegionQuery", () => {
  it("is true for a picture with a box, and for nothing else", () => {
    assert.equal(isRegionQuery({ picture: "a.jpg", region: { left: 0, top: 0, width: 1, height: 1 } }), true);
    const others = [{ row: 1 }, { positives: [] }, "region", new Uint8Array(3), new Float32Array(3), null, undefined];
    for (const other of others) assert.equal(isRegionQuery(other), false);
  });
});
