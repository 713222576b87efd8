import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { ArgumentError, ClosedError, DegenerateDataError, NotFiniteError, ShapeError } from "#dist/core/errors.js";
import type { Matrix } from "#dist/core/numeric/matrix.js";
import { metricSpace } from "#dist/core/numeric/metric-space.js";
import { seededRandom } from "#dist/core/numeric/random.js";
import { finish } from "#dist/core/numeric/steps.js";
import { exactSearcher } from "#dist/core/retrieval/exact-searcher.js";
import type { Found } from "#dist/core/retrieval/searcher.js";
import { projectFile } from "../../support/fixtures.js";
import { normalMatrix } from "../../support/samples.js";

const flat = { deviation: () => 1 };

/** What should be found: every row measured, sorted by the 32-bit similarity and then by row. */
function slowly(vectors: Matrix, queries: Matrix, k: number, allowed?: Uint8Array): Found {
  const width = Math.min(k, vectors.rows);
  const rows = new Int32Array(queries.rows * width).fill(-1);
  const similarities = new Float32Array(queries.rows * width);
  const prepared = finish(finish(metricSpace(vectors, "cosine")).prepare(queries, "queries"));
  for (let q = 0; q < queries.rows; q++) {
    const all = Array.from({ length: vectors.rows }, (_, row) => ({
      row,
      similarity: Math.fround(prepared.measure(q, row)),
    }));
    all
      .filter(({ row }) => allowed?.[row] !== 0)
      .sort((a, b) => b.similarity - a.similarity || a.row - b.row)
      .slice(0, width)
      .forEach(({ row, similarity }, j) => {
        rows[q * width + j] = row;
        similarities[q * width + j] = similarity;
      });
  }
  return { rows, similarities, k: width };
}

type Sample = (rows: number, cols: number, seed: number) => Matrix;

/** Changes every number of normal ones, by its row and column. */
function changed(change: (value: number, row: number, col: number) => number): Sample {
  return (rows, cols, seed) => {
    const { data } = normalMatrix(rows, cols, seed, flat);
    const numbers = data.map((value, i) => change(value, Math.floor(i / cols), i % cols));
    for (let i = 0; i < rows; i++) numbers[i * cols] ||= 1; // no row of zeros
    return { data: numbers, rows, cols };
  };
}

const clustered: Sample = (rows, cols, seed) => {
  const centres = normalMatrix(3, cols, seed, flat).data;
  const random = seededRandom(seed + 1);
  return changed((value, row, col) => centres[(row % 3) * cols + col] + 0.001 * value * random())(rows, cols, seed);
};

const duplicated: Sample = (rows, cols, seed) => {
  const { data } = normalMatrix(rows, cols, seed, flat);
  for (let i = 2; i < rows; i++) data.copyWithin(i * cols, (i % 2) * cols, ((i % 2) + 1) * cols);
  return { data, rows, cols };
};

const samples: Record<string, Sample> = {
  random: changed((value) => value),
  clustered,
  duplicated,
  "nearly equal": changed((value) => 1 + 1e-7 * value),
  "whole numbers": changed((value) => Math.round(value)),
  tiny: changed((value) => value * 1e-42),
  huge: changed((value) => value * 1e37),
  "of all sizes": changed((value, row) => value * 10 ** ((row % 70) - 36)),
  "with one large column": changed((value, _, col) => (col === 0 ? 200 * value : value)),
  "with columns that are always large": changed((value, _, col) => (col % 5 === 0 ? 100 + value : value)),
  "with opposites": changed((value, row) => (row % 2 ? -1 : 1) * (3 + 0.01 * value)),
};

const cases = fc.record({
  sample: fc.constantFrom(...Object.keys(samples)),
  rows: fc.integer({ min: 1, max: 300 }),
  cols: fc.integer({ min: 1, max: 40 }),
  count: fc.integer({ min: 0, max: 6 }),
  own: fc.boolean(),
  k: fc.integer({ min: 1, max: 320 }),
  share: fc.constantFrom(undefined, 0, 0.1, 0.9),
  seed: fc.integer({ min: 0, max: 1e6 }),
});

describe("exactSearcher(vectors)", () => {
  it("finds what measuring every row finds, whatever the rows are like, how many are asked for and may be found", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ sample, rows, cols, count, own, k, share, seed }) => {
        const vectors = samples[sample](rows, cols, seed);
        const queries = own ? firstRows(vectors, count) : samples[sample](count, cols, seed + 1);
        const random = seededRandom(seed);
        const allowed = share === undefined ? undefined : Uint8Array.from({ length: rows }, () => +(random() < share));
        const searcher = await exactSearcher(vectors, { threads: 1 });
        const found = await searcher.find(queries, k, allowed ? { allowed } : {});
        await searcher.close();
        assert.deepEqual(found, slowly(vectors, queries, k, allowed));
      }),
      { numRuns: 150 },
    );
  });

  it("finds the same where bytes cannot tell the rows apart, as among thousands of equal ones", async () => {
    const vectors = normalMatrix(9000, 4, 1, flat);
    for (let i = 20; i < vectors.rows; i++) vectors.data.copyWithin(i * 4, 0, 4);
    const searcher = await exactSearcher(vectors);
    const queries = firstRows(vectors, 1);
    assert.deepEqual(await searcher.find(queries, 5), slowly(vectors, queries, 5));
    const allowed = new Uint8Array(9000).fill(1, 1);
    assert.deepEqual(await searcher.find(queries, 5, { allowed }), slowly(vectors, queries, 5, allowed));
    await searcher.close();
  });

  it("finds the same for one query as for many at once, and for searches side by side", async () => {
    const vectors = normalMatrix(6000, 24, 1, flat);
    const queries = normalMatrix(20, 24, 2, flat);
    const searcher = await exactSearcher(vectors);
    const together = await searcher.find(queries, 7);
    const single = await Promise.all(
      Array.from({ length: 20 }, (_, q) => {
        const data = queries.data.subarray(q * 24, (q + 1) * 24);
        return searcher.find({ data, rows: 1, cols: 24 }, 7);
      }),
    );
    single.forEach(({ rows, similarities }, q) => {
      assert.deepEqual(rows, together.rows.subarray(q * 7, (q + 1) * 7));
      assert.deepEqual(similarities, together.similarities.subarray(q * 7, (q + 1) * 7));
    });
    await searcher.close();
  });

  it("gives its rows as they are", async () => {
    const vectors = normalMatrix(10, 3, 1, flat);
    const { source, kind, close } = await exactSearcher(vectors);
    assert.deepEqual([kind, source.rows, source.cols], ["exact", 10, 3]);
    assert.deepEqual(source.vector(4), vectors.data.subarray(12, 15));
    assert.deepEqual(source.read(2, 5), { data: vectors.data.subarray(6, 15), rows: 3, cols: 3 });
    await close();
  });

  it("finds the same without WebAssembly, as with --jitless", () => {
    const script = `import { exactSearcher } from "#dist/core/retrieval/exact-searcher.js";
      const numbers = (n) => Float32Array.from({ length: n }, (_, i) => ((i * 37) % 101) - 50);
      const searcher = await exactSearcher({ data: numbers(600), rows: 100, cols: 6 });
      const { rows, similarities } = await searcher.find({ data: numbers(6), rows: 1, cols: 6 }, 8);
      console.log(typeof WebAssembly, rows.join(), similarities.join());
      await searcher.close();`;
    const run = (...flags: string[]) =>
      execFileSync(process.execPath, [...flags, "--input-type=module", "-e", script], {
        cwd: projectFile("."),
        encoding: "utf8",
      }).split(" ");
    const [[has, ...found], [none, ...same]] = [run(), run("--jitless")];
    assert.deepEqual([has, none], ["object", "undefined"]);
    assert.deepEqual(same, found);
  });

  it("names the first vector that is not finite or zero", async () => {
    const withRow = (row: number, value: number) => {
      const vectors = normalMatrix(6, 3, 1, flat);
      vectors.data.fill(value, row * 3, row * 3 + 3);
      return vectors;
    };
    await assert.rejects(exactSearcher(withRow(4, Number.NaN)), (e) => e instanceof NotFiniteError && e.row === 4);
    await assert.rejects(
      exactSearcher(withRow(2, 0)),
      (e) => e instanceof DegenerateDataError && /row 2/.test(e.message),
    );
    const searcher = await exactSearcher(normalMatrix(6, 3, 1, flat));
    await assert.rejects(searcher.find(withRow(5, Infinity), 1), (e) => e instanceof NotFiniteError && e.row === 5);
    await assert.rejects(
      searcher.find(withRow(1, 0), 1),
      (e) => e instanceof DegenerateDataError && /row 1/.test(e.message),
    );
    await searcher.close();
  });

  it("refuses no vectors, other dimensions, a k of 0, a mask of another length and half a thread", async () => {
    await assert.rejects(exactSearcher({ data: new Float32Array(0), rows: 0, cols: 3 }), ShapeError);
    await assert.rejects(exactSearcher(normalMatrix(6, 3, 1), { threads: 0.5 }), ArgumentError);
    const searcher = await exactSearcher(normalMatrix(6, 3, 1));
    const queries = normalMatrix(2, 3, 2);
    await assert.rejects(searcher.find(normalMatrix(2, 4, 2), 1), ShapeError);
    await assert.rejects(searcher.find(queries, 0), ArgumentError);
    await assert.rejects(searcher.find(queries, 1, { allowed: new Uint8Array(5) }), ShapeError);
    await searcher.close();
  });

  it("lets running searches end when it is closed, and starts no more", async () => {
    const vectors = normalMatrix(50, 3, 1, flat);
    const searcher = await exactSearcher(vectors);
    const queries = normalMatrix(9, 3, 2, flat);
    const running = searcher.find(queries, 3);
    const closing = searcher.close();
    await assert.rejects(searcher.find(queries, 3), ClosedError);
    assert.deepEqual(await running, slowly(vectors, queries, 3));
    await closing;
    await searcher.close();
  });

  it("stops when it is told to", async () => {
    const vectors = normalMatrix(50, 3, 1, flat);
    const signal = AbortSignal.abort(new Error("enough"));
    await assert.rejects(exactSearcher(vectors, { signal }), { message: "enough" });
    const searcher = await exactSearcher(vectors);
    await assert.rejects(searcher.find(vectors, 3, { signal }), { message: "enough" });
    await searcher.close();
  });
});

function firstRows({ data, rows, cols }: Matrix, count: number): Matrix {
  const n = Math.min(rows, count);
  return { data: data.slice(0, n * cols), rows: n, cols };
}
