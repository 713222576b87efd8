import assert from "node:assert/strict";
import fc from "fast-check";
import { ArgumentError, ClosedError, DegenerateDataError, NotFiniteError, ShapeError } from "#dist/core/errors.js";
import type { ExtractOptions, Model } from "#dist/core/model/model.js";
import { type Matrix, matrix, row } from "#dist/core/numeric/matrix.js";
import type { ImageSource, Picture } from "#dist/core/picture.js";
import { exactIndex } from "#dist/core/retrieval/exact.js";
import { normalMatrix } from "../../support/samples.js";

const flat = { deviation: () => 1 };

function picture(source: ImageSource, name = "picture"): Picture {
  return { name, source, width: 8, height: 6, view: { left: 0, top: 0, width: 8, height: 6 } };
}

interface FakeModel {
  model: Model;
  asked: { images: readonly ImageSource[]; options: ExtractOptions | undefined }[];
}

/** Answers every picture with one vector, and remembers what it was asked. */
function fakeModel(vector: Float32Array): FakeModel {
  const asked: FakeModel["asked"] = [];
  const extract = async (images: readonly ImageSource[], options?: ExtractOptions) => {
    asked.push({ images, options });
    const pictures = images.map((i) => picture(i));
    const inputSize = [28, 28] as const;
    return { cls: matrix(vector, 1, vector.length), patches: [], pictures, inputSize, failed: [] };
  };
  return { model: { name: "fake", dim: vector.length, extract } as Partial<Model> as Model, asked };
}

function cosine(m: Matrix, i: number, v: Float32Array): number {
  let [dot, a, b] = [0, 0, 0];
  row(m, i).forEach((x, j) => {
    dot += x * v[j];
    a += x * x;
    b += v[j] * v[j];
  });
  return dot / Math.sqrt(a * b);
}

describe("exactIndex", () => {
  it("finds the vectors of the largest cosine similarity, best first, whatever their length", async () => {
    const vectors = normalMatrix(200, 16, 1, flat);
    const index = await exactIndex(vectors);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 16, maxLength: 16 }).filter((v) => v.some(Boolean)),
        fc.integer({ min: 1, max: 30 }),
        async (numbers, k) => {
          const query = Float32Array.from(numbers);
          const { hits } = (await index.search(query, { k })).queries[0];
          const expected = Array.from({ length: 200 }, (_, i) => ({ i, s: cosine(vectors, i, query) }));
          expected.sort((a, b) => b.s - a.s);
          assert.deepEqual(
            hits.map((h) => h.row),
            expected.slice(0, k).map((e) => e.i),
          );
          for (const [j, h] of hits.entries()) assert.ok(Math.abs(h.similarity - expected[j].s) < 1e-6);
        },
      ),
      { numRuns: 30 },
    );
    await index.close();
  });

  it("leaves a row that is asked for, and rows that are excluded, out of the hits", async () => {
    const vectors = normalMatrix(20, 4, 1, flat);
    const labels = Array.from({ length: 20 }, (_, i) => `label ${i}`);
    const pictures = labels.map((name) => picture(`${name}.jpg`, name));
    const index = await exactIndex(vectors, { labels, pictures });
    const result = await index.search({ row: 7 }, { k: 50, exclude: [3, 4] });
    const [query] = result.queries;
    assert.deepEqual([query.row, query.label, query.picture], [7, "label 7", pictures[7]]);
    const rows = query.hits.map((h) => h.row).sort((a, b) => a - b);
    assert.deepEqual(
      rows,
      Array.from({ length: 20 }, (_, i) => i).filter((i) => ![3, 4, 7].includes(i)),
    );
    for (const hit of query.hits) assert.deepEqual([hit.label, hit.picture], [labels[hit.row], pictures[hit.row]]);
    assert.deepEqual([result.k, result.size, result.modelName], [50, 20, undefined]);
    await index.close();
  });

  it("answers a matrix row by row as it answers each vector", async () => {
    const index = await exactIndex(normalMatrix(50, 6, 1, flat));
    const queries = normalMatrix(3, 6, 2, flat);
    const together = await index.search(queries, { k: 4 });
    for (let i = 0; i < 3; i++)
      assert.deepEqual((await index.search(row(queries, i), { k: 4 })).queries[0], together.queries[i]);
    await index.close();
  });

  it("reads a path, encoded bytes and pixels with its model, for the class vector alone", async () => {
    const vectors = normalMatrix(30, 5, 1, flat);
    const { model, asked } = fakeModel(row(vectors, 11).slice());
    const index = await exactIndex(vectors, { model, size: 448, fit: "squash" });
    const raw = { data: new Uint8Array(12), width: 2, height: 2 };
    for (const source of ["a picture.jpg", new Uint8Array([1, 2]), Buffer.from([3, 4]), raw]) {
      const result = await index.search(source, { k: 1 });
      assert.deepEqual([result.queries[0].hits[0].row, result.modelName], [11, "fake"]);
      assert.equal(result.queries[0].picture?.source, source);
      assert.deepEqual(asked.at(-1), { images: [source], options: { clsOnly: true, size: 448, fit: "squash" } });
    }
    await index.close();
  });

  it("refuses what it cannot answer, by name", async () => {
    const vectors = normalMatrix(5, 3, 1, flat);
    const index = await exactIndex(vectors);
    const bothNumbers = (e: Error) => e instanceof ShapeError && /4 numbers/.test(e.message) && /has 3/.test(e.message);
    await assert.rejects(index.search(new Float32Array(4)), bothNumbers);
    await assert.rejects(index.search(normalMatrix(2, 4, 1)), bothNumbers);
    await assert.rejects(index.search("a.jpg"), ArgumentError);
    await assert.rejects(index.search(new Uint8Array(3)), ArgumentError);
    for (const r of [-1, 5, 0.5]) await assert.rejects(index.search({ row: r }), ArgumentError);
    await assert.rejects(index.search({ row: 1 }, { exclude: [9] }), ArgumentError);
    await assert.rejects(index.search({ row: 1 }, { k: 0 }), ArgumentError);
    await assert.rejects(index.search([1, 2, 3] as unknown as string), ArgumentError);
    await assert.rejects(index.search(Float32Array.of(1, Number.NaN, 0)), NotFiniteError);
    await assert.rejects(index.search(new Float32Array(3)), DegenerateDataError);
    await index.close();
    await assert.rejects(index.search({ row: 1 }), ClosedError);
    await index.close();
  });

  it("refuses pictures, labels and a model that do not fit the vectors", async () => {
    const vectors = normalMatrix(5, 3, 1, flat);
    await assert.rejects(exactIndex(undefined as unknown as Matrix), ShapeError);
    await assert.rejects(exactIndex(vectors, { labels: ["a"] }), ShapeError);
    await assert.rejects(exactIndex(vectors, { pictures: [] }), ShapeError);
    await assert.rejects(exactIndex(vectors, fakeModel(new Float32Array(4))), ShapeError);
    await assert.rejects(exactIndex(matrix(new Float32Array(0), 0, 3)), ShapeError);
    await assert.rejects(exactIndex(matrix(new Float32Array(6), 2, 3)), DegenerateDataError);
  });

  it("takes a record of vectors with what is known of them; options come before it", async () => {
    const vectors = normalMatrix(6, 5, 1, flat);
    const labels = Array.from("abcdef");
    const pictures = labels.map((name) => picture(`${name}.jpg`, name));
    const record = { vectors, labels, pictures, modelName: "known", size: [56, 84], fit: "letterbox" } as const;
    const index = await exactIndex(record);
    const result = await index.search({ row: 2 }, { k: 1 });
    assert.deepEqual([result.modelName, result.inputSize, result.size], ["known", [56, 84], 6]);
    const { row: found, label, picture: seen } = result.queries[0].hits[0];
    assert.deepEqual([label, seen], [labels[found], pictures[found]]);
    await index.close();

    const { model, asked } = fakeModel(row(vectors, 3).slice());
    const other = await exactIndex(record, { model, size: 28, labels: Array.from("uvwxyz") });
    const answer = await other.search("a.jpg", { k: 1 });
    assert.deepEqual([answer.modelName, answer.inputSize, answer.queries[0].hits[0].label], ["fake", [28, 28], "x"]);
    assert.deepEqual(asked[0].options, { clsOnly: true, size: 28, fit: "letterbox" });
    await other.close();
    await assert.rejects(exactIndex({ ...record, labels: ["a"] }), { name: "ShapeError", argument: "labels" });
  });

  it("refuses more vectors than it can rank when it is opened", async () => {
    const rows = 2 ** 22 + 1;
    await assert.rejects(exactIndex(matrix(new Float32Array(rows).fill(1), rows, 1)), {
      name: "ShapeError",
      argument: "vectors",
    });
  });

  it("answers a search that runs while it is closed", async () => {
    const index = await exactIndex(normalMatrix(2000, 8, 1, flat));
    const search = index.search(normalMatrix(1500, 8, 2, flat));
    await index.close();
    assert.equal((await search).queries.length, 1500);
  });
});
