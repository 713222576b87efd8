import assert from "node:assert/strict";
import fc from "fast-check";
import { byteCopy } from "#dist/core/numeric/byte-copy.js";
import { byteMemory, rowsAtOnce } from "#dist/core/numeric/byte-memory.js";
import { candidates } from "#dist/core/numeric/byte-scan.js";
import type { Matrix } from "#dist/core/numeric/matrix.js";
import { normaliseRows } from "#dist/core/numeric/normalise.js";
import { finish } from "#dist/core/numeric/steps.js";
import { normalMatrix } from "../../support/samples.js";

const flat = { deviation: () => 1 };

describe("byteMemory(rows, cols).products", () => {
  it("are the sums of products, for any sizes and the largest numbers", () => {
    const sizes = { rows: fc.integer({ min: 1, max: 30 }), cols: fc.integer({ min: 1, max: 70 }) };
    const numbers = fc.record({ ...sizes, seed: fc.integer(), from: fc.nat(29) });
    fc.assert(
      fc.property(numbers, ({ rows, cols, seed, from }) => {
        const start = Math.min(from, rows - 1);
        const memory = byteMemory(rows, cols);
        assert.ok(memory);
        const mixed = (i: number) => Math.imul(i + 1, 2654435761) ^ seed;
        const query = Int16Array.from({ length: cols }, (_, j) => [-32767, 32767, mixed(j) >> 16][j % 3]);
        const at = (i: number, j: number) => [-127, 127, (mixed(i * cols + j) >> 24) | 0][(i + j) % 3];
        for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) memory.rows[i * memory.stride + j] = at(i, j);
        const expected = Array.from({ length: rows - start }, (_, i) =>
          query.reduce((sum, q, j) => sum + q * at(start + i, j), 0),
        );
        assert.deepEqual([...memory.products(query, start, rows)], expected);
      }),
    );
  });

  it("are refused where one memory of WebAssembly cannot hold the rows, or 32 bits their sums", () => {
    assert.equal(byteMemory(2 ** 22, 1024), undefined);
    assert.equal(byteMemory(1, 2 ** 20 + 1), undefined);
  });
});

describe("byteCopy(base)", () => {
  it("is no further from a row's direction than it says", () => {
    const base = normalMatrix(50, 37, 4, { mean: 2, deviation: (j) => (j === 5 ? 30 : 1) });
    const copy = finish(byteCopy(base));
    assert.ok(copy);
    const { memory, centre, scales, errors } = copy;
    for (let i = 0; i < base.rows; i++) {
      const row = base.data.subarray(i * base.cols, (i + 1) * base.cols);
      const length = Math.hypot(...row);
      const left = row.map((x, j) => x / length - centre[j] - scales[i] * memory.rows[i * memory.stride + j]);
      assert.ok(Math.hypot(...left) <= errors[i] + 1e-7);
      assert.ok(errors[i] <= scales[i] * Math.sqrt(base.cols / 4));
    }
  });
});

/** The similarities of every row to a query, both of length 1. */
function similarities(base: Matrix, query: Float32Array): number[] {
  const { data, rows, cols } = normaliseRows(base);
  return Array.from({ length: rows }, (_, i) => query.reduce((sum, q, j) => sum + q * data[i * cols + j], 0));
}

function scanned(base: Matrix, query: Float32Array, k: number, options = {}): number[] | undefined {
  const copy = finish(byteCopy(base));
  assert.ok(copy);
  return finish(candidates(copy, query, k, options));
}

describe("candidates(copy, query, k)", () => {
  it("are few where rows differ, and hold the k most similar", () => {
    const base = normalMatrix(10_000, 96, 1, flat);
    const query = normaliseRows(normalMatrix(1, 96, 2, flat)).data;
    const rows = scanned(base, query, 10);
    assert.ok(rows);
    const all = similarities(base, query);
    const best = all.map((_, i) => i).sort((a, b) => all[b] - all[a]);
    for (const row of best.slice(0, 10)) assert.ok(rows.includes(row), `row ${row} is missing`);
    assert.ok(rows.length < 100, `${rows.length} candidates`);
    assert.deepEqual(
      rows,
      rows.toSorted((a, b) => a - b),
    );
  });

  it("are all rows that may be found where k is as many", () => {
    const base = normalMatrix(40, 5, 1, flat);
    const query = normaliseRows(normalMatrix(1, 5, 2, flat)).data;
    const allowed = Uint8Array.from({ length: 40 }, (_, i) => i % 2);
    const expected = Array.from({ length: 20 }, (_, i) => 2 * i + 1);
    assert.deepEqual(scanned(base, query, 40, { allowed }), expected);
    assert.deepEqual(scanned(base, query, 20, { allowed }), expected);
  });

  it("are told apart by their number alone when there are more than are wanted", () => {
    const same: Matrix = { data: new Float32Array(30).fill(1), rows: 10, cols: 3 };
    const query = normaliseRows({ data: new Float32Array(3).fill(1), rows: 1, cols: 3 }).data;
    assert.equal(scanned(same, query, 2, { most: 9 }), undefined);
    assert.equal(scanned(same, query, 2, { most: 10 })?.length, 10);
  });

  it("do not overflow with many columns of one size", () => {
    const cols = 2 ** 17;
    const data = new Float32Array(3 * cols);
    data.fill(1, 0, cols);
    data.fill(-1, cols, 2 * cols);
    for (let j = 0; j < cols; j++) data[2 * cols + j] = j % 2 ? 1 : -1;
    const query = normaliseRows({ data: data.slice(0, cols), rows: 1, cols }).data;
    assert.deepEqual(scanned({ data, rows: 3, cols }, query, 1), [0]);
  });

  it("are looked for in pieces, between which others have their turn", () => {
    const copy = finish(byteCopy(normalMatrix(3 * rowsAtOnce + 1, 2, 1, flat)));
    assert.ok(copy);
    const steps = candidates(copy, new Float32Array([1, 0]), 1);
    let count = 0;
    while (!steps.next().done) count++;
    assert.equal(count, 4);
  });
});
