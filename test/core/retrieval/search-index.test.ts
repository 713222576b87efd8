/** Questions of many kinds over a searcher that knows only numbers; here one that says what it was asked. */
import assert from "node:assert/strict";
import { ArgumentError, ClosedError } from "#dist/core/errors.js";
import { matrix, row } from "#dist/core/numeric/matrix.js";
import { percentileOf, randomPairs } from "#dist/core/retrieval/random-pairs.js";
import { type IndexedRows, searchIndex } from "#dist/core/retrieval/search-index.js";
import type { FindOptions, Found, Searcher } from "#dist/core/retrieval/searcher.js";
import { normalMatrix } from "../../support/samples.js";
import { fakeModel } from "../../support/stores.js";

const rows = 12;
const base = normalMatrix(rows, 4, 1, { deviation: () => 1 });

interface Asked {
  queries: number;
  k: number;
  options: FindOptions;
}

/** Finds the rows in their order, whatever is asked, each a little less similar. */
function spySearcher(kind: Searcher["kind"] = "exact") {
  const asked: Asked[] = [];
  const state = { closed: 0, hold: Promise.resolve() };
  const searcher: Searcher = {
    kind,
    source: {
      ...{ rows, cols: 4 },
      vector: (i) => row(base, i),
      read: (from, to) => matrix(base.data.subarray(from * 4, to * 4), to - from, 4),
    },
    async find(queries, k, options = {}): Promise<Found> {
      asked.push({ queries: queries.rows, k, options });
      await state.hold;
      const found = {
        rows: new Int32Array(queries.rows * k).fill(-1),
        similarities: new Float32Array(queries.rows * k),
        k,
      };
      for (let q = 0; q < queries.rows; q++) {
        let at = 0;
        for (let r = 0; r < rows && at < k; r++) {
          if (options.allowed && !options.allowed[r]) continue;
          found.rows[q * k + at] = r;
          found.similarities[q * k + at++] = 1 - r / 10;
        }
      }
      return found;
    },
    async close() {
      state.closed++;
    },
  };
  return { searcher, asked, state };
}

const described: IndexedRows = { describe: (r) => ({ label: `label ${r}` }), modelName: "fake", inputSize: [28, 28] };

describe("searchIndex", () => {
  it("asks for as many more as a query is made of rows, and gives k without them", async () => {
    const { searcher, asked } = spySearcher();
    const { index } = searchIndex(searcher, described);
    const { queries } = await index.search([{ row: 0 }, { positives: [{ row: 1 }, { row: 3 }, { row: 2 }] }], { k: 2 });
    assert.deepEqual([asked.length, asked[0].queries, asked[0].k], [1, 2, 5]);
    assert.deepEqual(
      queries.map(({ hits }) => hits.map((hit) => hit.row)),
      [
        [1, 2],
        [0, 4],
      ],
    );
    assert.deepEqual([queries[0].row, queries[0].label, queries[1].row], [0, "label 0", undefined]);
  });

  it("describes each hit, and says how it stands among random pairs of the index", async () => {
    const { searcher } = spySearcher();
    const { index } = searchIndex(searcher, described);
    const { queries, k, size, modelName, inputSize, index: by } = await index.search(row(base, 0), { k: 3 });
    const pairs = randomPairs(searcher.source);
    assert.deepEqual(
      queries[0].hits,
      [0, 1, 2].map((r) => {
        const similarity = Math.fround(1 - r / 10);
        return { row: r, similarity, percentile: percentileOf(pairs, similarity), label: `label ${r}` };
      }),
    );
    assert.deepEqual([k, size, modelName, inputSize, by], [3, rows, "fake", [28, 28], { kind: "exact" }]);
  });

  it("tells the recall of a searcher that may miss some", async () => {
    const { index } = searchIndex(spySearcher("hnsw").searcher, described, 0.97);
    const { index: by } = await index.search({ row: 1 });
    assert.deepEqual([by, index.kind, index.recall], [{ kind: "hnsw", recall: 0.97 }, "hnsw", 0.97]);
  });

  it("allows only rows that a filter allows and that are not excluded", async () => {
    const { searcher, asked } = spySearcher();
    const { index, search } = searchIndex(searcher, described);
    await index.search({ row: 0 });
    assert.equal(asked[0].options.allowed, undefined);
    const allow = new Uint8Array(rows).fill(1, 0, 4);
    const { queries } = await search(row(base, 9), { exclude: new Set([1, 2]) }, allow);
    assert.deepEqual(
      queries[0].hits.map((hit) => hit.row),
      [0, 3],
    );
    assert.deepEqual([...allow], [1, 1, 1, 1, ...new Array(8).fill(0)], "the filter itself is as it was");
    for (const r of [-1, rows, 0.5])
      await assert.rejects(index.search({ row: 0 }, { exclude: [r] }), /exclude names row/);
  });

  it("answers a list one by one, in its order, and refuses an empty one", async () => {
    const { searcher, asked } = spySearcher();
    const { index } = searchIndex(searcher, described);
    const { queries } = await index.search([{ row: 3 }, matrix(base.data.subarray(0, 8), 2, 4), row(base, 5)], {
      k: 1,
    });
    assert.deepEqual([queries.map((query) => query.row), asked.length], [[3, undefined, undefined, undefined], 1]);
    await assert.rejects(index.search([]), ArgumentError);
  });

  it("refuses k below 1 before it asks, and reasons without pictures", async () => {
    const { searcher, asked } = spySearcher();
    const { index } = searchIndex(searcher, { ...described, model: fakeModel() });
    for (const k of [0, -3, 2.5, Number.NaN]) await assert.rejects(index.search({ row: 1 }, { k }), ArgumentError);
    assert.equal(asked.length, 0);
    await assert.rejects(index.search({ row: 1 }, { explain: true }), /must be a picture/);
    const region = { left: 0, top: 0, width: 1, height: 1 };
    await assert.rejects(index.search({ picture: { row: 1 }, region }), /must be a picture .* this row has none/);
    await assert.rejects(index.search({ picture: { row: 99 }, region }), /query\.row is 99/);
  });

  it("passes its signal on, and no percentile where there is but one vector", async () => {
    const { searcher, asked } = spySearcher();
    const single: Searcher = { ...searcher, source: { ...searcher.source, rows: 1 } };
    const { signal } = new AbortController();
    const { queries } = await searchIndex(single, described).index.search(row(base, 5), { k: 1, signal });
    assert.equal(asked[0].options.signal, signal);
    assert.ok(!("percentile" in queries[0].hits[0]));
  });

  it("closes its searcher once, after what runs, and answers nothing after that", async () => {
    const { searcher, state } = spySearcher();
    const { index } = searchIndex(searcher, described);
    let release = () => {};
    state.hold = new Promise((resolve) => {
      release = resolve;
    });
    const running = index.search({ row: 0 });
    const closing = Promise.all([index.close(), index[Symbol.asyncDispose]()]);
    await assert.rejects(index.search({ row: 0 }), ClosedError);
    assert.equal(state.closed, 0);
    release();
    assert.equal((await running).queries.length, 1);
    await closing;
    assert.equal(state.closed, 1);
  });
});
