import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { ArgumentError, ClosedError, DegenerateDataError, NotFiniteError, ShapeError } from "#dist/core/errors.js";
import type { Matrix } from "#dist/core/numeric/matrix.js";
import { normaliseRows } from "#dist/core/numeric/normalise.js";
import { exactSearcher, matrixSource } from "#dist/core/retrieval/exact-searcher.js";
import { Graph } from "#dist/core/retrieval/hnsw/graph.js";
import { type HnswOptions, hnswSearcher } from "#dist/core/retrieval/hnsw/hnsw.js";
import type { Found } from "#dist/core/retrieval/searcher.js";
import { projectFile } from "../../../support/fixtures.js";
import { normalMatrix } from "../../../support/samples.js";
import { clustered, hits, open, range, recall, rowsOf, withSearcher } from "./sources.js";

async function exactly(vectors: Matrix, queries: Matrix, k: number, allowed?: Uint8Array): Promise<Found> {
  const searcher = await exactSearcher(vectors);
  try {
    return await searcher.find(queries, k, allowed ? { allowed } : {});
  } finally {
    await searcher.close();
  }
}

describe("hnswSearcher(source, options)", () => {
  const all = clustered(4200, 24);
  const vectors = rowsOf(all, range(0, 4000));
  const queries = rowsOf(all, range(4000, 4200));

  it("finds 95 of 100 rows that a comparison with all finds, with the same similarities in the same order", async () => {
    const expected = await exactly(vectors, queries, 10);
    const found = await withSearcher(vectors, {}, (searcher) => searcher.find(queries, 10));
    assert.ok(recall(found, expected) > 0.95);
    for (let q = 0; q < queries.rows; q++) {
      const both = hits(expected, q).filter((row) => hits(found, q).includes(row));
      assert.deepEqual(
        hits(found, q).filter((row) => both.includes(row)),
        both,
      );
      for (const row of both)
        assert.equal(
          found.similarities[10 * q + hits(found, q).indexOf(row)],
          expected.similarities[10 * q + hits(expected, q).indexOf(row)],
        );
    }
  });

  it("finds one by one what it finds all at once", async () => {
    await withSearcher(vectors, {}, async (searcher) => {
      const together = await searcher.find(queries, 5);
      for (let q = 0; q < 20; q++)
        assert.deepEqual(hits(await searcher.find(rowsOf(queries, [q]), 5), 0), hits(together, q));
    });
  });

  it("builds the same graph from the same vectors, byte for byte, however many threads there are", async () => {
    const graph = async (threads: number): Promise<Buffer[]> => {
      const built = new Graph(4000, { dim: 24, connectivity: 8, expansionAdd: 24, expansionSearch: 8, threads });
      built.add(range(0, 4000), normaliseRows(vectors).data);
      await built.link();
      return [...Object.values(built.arrays()), Uint8Array.of(built.entry.node, built.entry.level)].map((array) =>
        Buffer.from(Uint8Array.from(array)),
      );
    };
    const one = await graph(1);
    for (const threads of [1, 2, 3]) assert.deepEqual(await graph(threads), one);
  });

  it("reports the recall that its own rows have as queries, themselves left out", async () => {
    const expected = await exactly(vectors, vectors, 11);
    for (const expansionSearch of [1, 64])
      await withSearcher(vectors, { expansionSearch, connectivity: 4 }, async (searcher) => {
        const found = await searcher.find(vectors, 11);
        const others = (all: Found, q: number): Found => {
          const rows = Int32Array.from(hits(all, q).filter((row) => row !== q)).subarray(0, 10);
          return { rows, k: 10, similarities: new Float32Array(10) };
        };
        const shares = range(0, vectors.rows).map((q) => recall(others(found, q), others(expected, q)));
        const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
        assert.deepEqual([searcher.recall.k, searcher.recall.queries], [10, 200]);
        // five times what the mean of so small a sample may be off
        assert.ok(Math.abs(searcher.recall.value - mean) < 0.05, `${searcher.recall.value} of ${mean}`);
      });
  });

  it("finds the nearest of tight clusters that lie far from each other, as near copies of many pictures do", async () => {
    const tight = clustered(10_200, 64, 0, { clusters: 200, spread: 0.02 });
    const rows = rowsOf(tight, range(0, 10_000));
    const asked = rowsOf(tight, range(10_000, 10_200));
    const found = await withSearcher(rows, {}, (searcher) => searcher.find(asked, 10));
    const share = recall(found, await exactly(rows, asked, 10));
    assert.ok(share > 0.9, `${share}`);
  });

  it("counts equal rows as equally near, so that copies do not lower its recall", async () => {
    const copies = rowsOf(
      vectors,
      range(0, 1200).map((i) => i % 60),
    );
    await withSearcher(copies, {}, async ({ recall: { value } }) => assert.ok(value > 0.9, `${value}`));
    const same = rowsOf(vectors, Array(300).fill(7));
    await withSearcher(same, {}, async ({ recall: { value } }) => assert.equal(value, 1));
  });

  it("finds what has hundreds of copies, and what lies beside these", async () => {
    const rows = rowsOf(
      vectors,
      range(0, 12_000).map((i) => (i < 3000 ? i : i % 20)),
    );
    const asked = rowsOf(queries, range(0, 100));
    const singles = await exactly(rowsOf(rows, range(0, 3000)), asked, 1);
    const expected = await exactly(rows, asked, 10);
    const found = await withSearcher(rows, {}, (searcher) => searcher.find(asked, 10));
    const nearest = range(0, 100).filter((q) => found.similarities[10 * q] === singles.similarities[q]);
    assert.ok(nearest.length > 90, `${nearest.length}`);
    const near = range(0, 1000).filter(
      (i) => found.similarities[i] >= expected.similarities[10 * Math.floor(i / 10) + 9],
    );
    assert.ok(near.length > 900, `${near.length}`);
  });

  it("finds as many rows as there are to find, each once, most similar first, for any filter and any k", async () => {
    const kinds = { spread: (row: number, n: number) => row % n === 0, together: (row: number, n: number) => row < n };
    const cases = fc.record({
      rows: fc.integer({ min: 1, max: 600 }),
      copies: fc.boolean(),
      kind: fc.constantFrom<keyof typeof kinds>("spread", "together"),
      n: fc.integer({ min: 0, max: 40 }),
      k: fc.integer({ min: 1, max: 50 }),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ rows, copies, kind, n, k }) => {
        const some = rowsOf(
          vectors,
          range(0, rows).map((row) => (copies ? row % 5 : row)),
        );
        const allowed = Uint8Array.from({ length: rows }, (_, row) => (n > 0 && kinds[kind](row, n) ? 1 : 0));
        const found = await withSearcher(some, { connectivity: 2, expansionSearch: 1 }, (searcher) =>
          searcher.find(rowsOf(queries, [0, 1]), k, { allowed }),
        );
        const possible = allowed.reduce((sum, may) => sum + may, 0);
        assert.equal(found.k, Math.min(k, rows));
        for (const q of [0, 1]) {
          const own = hits(found, q);
          assert.equal(own.length, Math.min(k, possible));
          assert.equal(new Set(own).size, own.length);
          assert.ok(own.every((row) => allowed[row] === 1));
          const keys = own.map((row, j) => [-found.similarities[q * found.k + j], row]);
          assert.deepEqual(
            keys,
            keys.toSorted(([a, r], [b, s]) => a - b || r - s),
          );
        }
      }),
      { numRuns: 40 },
    );
  });

  it("finds what a comparison finds where a filter leaves few, and most of it where it leaves many", async () => {
    await withSearcher(vectors, {}, async (searcher) => {
      for (const [n, least] of [
        [2, 0.95],
        [40, 0.95],
        [1000, 1],
      ]) {
        const allowed = Uint8Array.from({ length: 4000 }, (_, row) => (row % n === 0 ? 1 : 0));
        const expected = await exactly(vectors, queries, 10, allowed);
        assert.ok(recall(await searcher.find(queries, 10, { allowed }), expected) >= least, `1 of ${n}`);
      }
    });
  });

  it("finds the one row that a filter leaves, however far from the query", async () => {
    await withSearcher(vectors, {}, async (searcher) => {
      for (const row of [0, 1234, 3999]) {
        const allowed = new Uint8Array(4000).fill(1, row, row + 1);
        assert.deepEqual(hits(await searcher.find(queries, 3, { allowed }), 11), [row]);
      }
      const none = await searcher.find(queries, 3, { allowed: new Uint8Array(4000) });
      assert.deepEqual(none, { rows: new Int32Array(600).fill(-1), similarities: new Float32Array(600), k: 3 });
    });
  });

  it("takes ids up to 2^53 - 1 as they are", async () => {
    const ids = range(0, 4000).map((i) => Number.MAX_SAFE_INTEGER - 3999 + i);
    await withSearcher(vectors, { ids }, async (searcher) => {
      const found = await searcher.find(vectors, 1);
      const itself = found.rows.filter((row, q) => row === q).length;
      assert.ok(itself > 3960, `${itself} of 4000`);
    });
  });

  it("searches vectors of any length and size, one row included", async () => {
    for (const size of [1e-42, 1, 1e37]) {
      const { data, rows, cols } = normalMatrix(1500, 8, 3, { deviation: () => size });
      const sized = { data: data.map((v, i) => (i % cols === 0 && v === 0 ? size : v)), rows, cols };
      const expected = await exactly(sized, rowsOf(sized, [5, 6]), 4);
      const found = await withSearcher(sized, {}, (searcher) => searcher.find(rowsOf(sized, [5, 6]), 4));
      assert.ok(recall(found, expected) > 0.8, `${size}`);
    }
    await withSearcher(rowsOf(vectors, [0]), {}, async (searcher) => {
      assert.deepEqual(searcher.recall, { k: 0, value: 1, queries: 0 });
      assert.deepEqual(hits(await searcher.find(queries, 9), 0), [0]);
    });
  });

  it("tells how far it is, at last that all is done, and leaves the event loop free meanwhile", async () => {
    const many = clustered(40_000, 32);
    const told: number[] = [];
    let turns = 0;
    const clock = setInterval(() => turns++, 20);
    await withSearcher(many, { onProgress: (done, total) => told.push(done / total) }, async () => {});
    clearInterval(clock);
    assert.equal(told.at(-1), 1);
    assert.deepEqual(told, told.toSorted());
    assert.ok(told.length >= 2 && turns >= 10, `${told.length} times, ${turns} turns`);
  });

  it("stops with the signal's reason, whatever it is doing", async () => {
    const many = clustered(40_000, 32);
    for (const wait of [0, 1, 40]) {
      const stop = new AbortController();
      setTimeout(() => stop.abort(new Error("enough")), wait);
      await assert.rejects(open(many, { signal: stop.signal }), /enough/, `after ${wait} ms`);
    }
    const stop = new AbortController();
    const onProgress = (): void => stop.abort(new Error("linking"));
    await assert.rejects(open(many, { signal: stop.signal, onProgress }), /linking/);
    await assert.rejects(open(vectors, { signal: AbortSignal.abort(new Error("before")) }), /before/);
  });

  it("passes on what onProgress throws", async () => {
    const onProgress = (): void => {
      throw new RangeError("mine");
    };
    await assert.rejects(open(vectors, { onProgress }), RangeError);
    // told of in the middle, not only at the end
    await assert.rejects(open(clustered(40_000, 32), { onProgress }), RangeError);
  });

  it("names the first row that is not finite or zero", async () => {
    for (const [value, kind] of [
      [Number.NaN, NotFiniteError],
      [Number.POSITIVE_INFINITY, NotFiniteError],
      [0, DegenerateDataError],
    ] as const) {
      const { data, rows, cols } = rowsOf(vectors, range(0, 4000));
      data.fill(value, 3210 * cols, 3211 * cols);
      await assert.rejects(
        open({ data, rows, cols }),
        (error: Error) => error instanceof kind && /3210/.test(error.message),
      );
    }
  });

  it("refuses queries, filters and counts that cannot be", async () => {
    await withSearcher(vectors, {}, async (searcher) => {
      const query = rowsOf(queries, [0, 1]);
      const spoilt = (value: number): Matrix => ({ ...query, data: query.data.slice().fill(value, 24) });
      await assert.rejects(searcher.find(spoilt(Number.NaN), 5), { name: "NotFiniteError", row: 1 });
      await assert.rejects(searcher.find(spoilt(0), 5), DegenerateDataError);
      await assert.rejects(searcher.find({ data: query.data, rows: 4, cols: 12 }, 5), ShapeError);
      await assert.rejects(searcher.find({ data: query.data, rows: 3, cols: 24 }, 5), ShapeError);
      await assert.rejects(searcher.find(query, 5, { allowed: new Uint8Array(3999) }), ShapeError);
      for (const k of [0, -1, 1.5, Number.NaN]) await assert.rejects(searcher.find(query, k), ArgumentError);
      const signal = AbortSignal.abort(new Error("enough"));
      await assert.rejects(searcher.find(query, 5, { signal }), /enough/);
      assert.equal(hits(await searcher.find(query, 5), 0).length, 5);
    });
  });

  it("refuses options that cannot be", async () => {
    const wrong: Partial<Record<keyof HnswOptions, unknown>>[] = [
      { ids: range(0, 3999) },
      { ids: range(0, 4000).toReversed() },
      { ids: range(0, 4000).map((i) => Math.floor(i / 2)) },
      { ids: range(0, 4000).map((i) => i - 1) },
      { ids: range(0, 4000).map((i) => i + 0.5) },
      { connectivity: 1 },
      { connectivity: 1e9 },
      { expansionAdd: 0 },
      { expansionSearch: 1.5 },
      { threads: 0 },
      { identity: undefined },
    ];
    for (const options of wrong)
      await assert.rejects(
        open(vectors, options as Partial<HnswOptions>),
        ArgumentError,
        JSON.stringify(Object.keys(options)),
      );
    await assert.rejects(open({ data: new Float32Array(0), rows: 0, cols: 24 }), ShapeError);
  });

  it("refuses a source that gives other vectors than it says", async () => {
    const source = { ...matrixSource(vectors), read: () => rowsOf(vectors, [0]) };
    await assert.rejects(hnswSearcher(source, { ids: range(0, 4000), identity: "test" }), ShapeError);
  });

  it("ends what is running before it closes, and finds nothing afterwards", async () => {
    const searcher = await open(vectors);
    const running = searcher.find(queries, 10);
    await Promise.all([searcher.close(), searcher.close()]);
    assert.equal((await running).rows.length, 2000);
    await assert.rejects(searcher.find(queries, 10), ClosedError);
  });

  it("does not keep a process from ending, open or in the middle of building", () => {
    const run = (then: string): string =>
      execFileSync(process.execPath, ["--input-type=module", "-e", `${program}${then}`], { encoding: "utf8" });
    const program = `
      import { fstatSync } from "node:fs";
      import { hnswSearcher } from ${JSON.stringify(projectFile("dist/core/retrieval/hnsw/hnsw.js"))};
      import { matrixSource } from ${JSON.stringify(projectFile("dist/core/retrieval/exact-searcher.js"))};
      const data = Float32Array.from({ length: 9000 * 8 }, (_, i) => Math.sin(i * i));
      const source = matrixSource({ data, rows: 9000, cols: 8 });
      const ids = Array.from({ length: 9000 }, (_, i) => i);`;
    const opened = `
      await hnswSearcher(source, { ids, identity: "a" });
      fstatSync(0);
      console.log("open");`;
    assert.equal(run(opened), "open\n");
    const onProgress = "onProgress() { console.log('building'); process.exit(); }";
    assert.equal(run(`await hnswSearcher(source, { ids, identity: "a", ${onProgress} });`), "building\n");
  });
});
