import assert from "node:assert/strict";
import fc from "fast-check";
import { ArgumentError, DegenerateDataError, NotFiniteError } from "#dist/core/errors.js";
import type { Matrix } from "#dist/core/numeric/matrix.js";
import { normal, seededRandom } from "#dist/core/numeric/random.js";
import { percentileOf, randomPairs } from "#dist/core/retrieval/random-pairs.js";
import { normalMatrix } from "../../support/samples.js";

/** A source that counts how often each row is read. */
function sourceOf(x: Matrix, reads: Map<number, number> = new Map()) {
  return {
    rows: x.rows,
    vector(row: number): Float32Array {
      reads.set(row, (reads.get(row) ?? 0) + 1);
      return x.data.subarray(row * x.cols, (row + 1) * x.cols);
    },
  };
}

function allPairs({ data, rows, cols }: Matrix): Float32Array {
  const lengths = Array.from({ length: rows }, (_, i) => Math.hypot(...data.subarray(i * cols, (i + 1) * cols)));
  const all = new Float32Array((rows * (rows - 1)) / 2);
  let at = 0;
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < i; j++) {
      let dot = 0;
      for (let k = 0; k < cols; k++) dot += data[i * cols + k] * data[j * cols + k];
      all[at++] = dot / (lengths[i] * lengths[j]);
    }
  return all.sort();
}

/** Rows in groups, as pictures of some kinds are: most pairs differ, a few are much alike. */
function grouped(rows: number, cols: number, groups: number): Matrix {
  const random = seededRandom(7);
  const centres = Array.from({ length: groups * cols }, () => 0.3 + normal(random));
  const data = Float32Array.from(
    { length: rows * cols },
    (_, i) => centres[(Math.floor(i / cols) % groups) * cols + (i % cols)] + 0.7 * normal(random),
  );
  return { data, rows, cols };
}

describe("randomPairs(source)", () => {
  it("gives the similarities of all pairs, each once, where there are no more than asked for", () => {
    for (const rows of [2, 3, 6, 7, 40]) {
      const x = normalMatrix(rows, 5, rows);
      const expected = allPairs(x);
      const found = randomPairs(sourceOf(x));
      assert.equal(found.length, expected.length);
      found.forEach((similarity, i) => {
        assert.ok(Math.abs(similarity - expected[i]) < 1e-6);
      });
    }
  });

  it("agrees with all pairs of 4,000 rows to a percentage point and a half, in the middle and at the ends", () => {
    const x = grouped(4000, 8, 40);
    const all = allPairs(x);
    for (const seed of [0, 1, 2]) {
      const sampled = randomPairs(sourceOf(x), { seed });
      assert.equal(sampled.length, 20_000);
      for (const percent of [1, 10, 25, 50, 75, 90, 98, 99]) {
        const similarity = all[Math.floor((all.length * percent) / 100)];
        const near = Math.min(percent, 100 - percent) < 5 ? 0.5 : 1.5;
        const found = percentileOf(sampled, similarity);
        assert.ok(Math.abs(found - percent) < near, `${found} % where all pairs have ${percent} %`);
      }
    }
  });

  it("reads few rows, each once, in ascending order", () => {
    const reads = new Map<number, number>();
    randomPairs(sourceOf(normalMatrix(10_000, 3, 1), reads));
    assert.equal(reads.size, 2000);
    assert.ok([...reads.values()].every((times) => times === 1));
    assert.deepEqual(
      [...reads.keys()],
      [...reads.keys()].sort((a, b) => a - b),
    );
  });

  it("takes rows from everywhere, none more often than others", () => {
    const tenths = new Int32Array(10);
    for (let seed = 0; seed < 5; seed++) {
      const reads = new Map<number, number>();
      randomPairs(sourceOf(normalMatrix(8000, 1, 1), reads), { seed, pairs: 10 });
      for (const row of reads.keys()) tenths[Math.floor(row / 800)]++;
    }
    // 1,000 each are expected of 10,000, with a deviation below 30
    for (const count of tenths) assert.ok(Math.abs(count - 1000) < 150, String(tenths));
  });

  it("never pairs a row with itself", () => {
    // every two rows are at right angles, so only a row and itself would give 1
    const x = { data: new Float32Array(300 * 300), rows: 300, cols: 300 };
    for (let i = 0; i < 300; i++) x.data[i * 301] = 1;
    assert.equal(randomPairs(sourceOf(x)).at(-1), 0);
  });

  it("gives the same numbers for the same seed, and others for another", () => {
    const source = sourceOf(normalMatrix(5000, 4, 1));
    assert.deepEqual(randomPairs(source, { seed: 3, pairs: 500 }), randomPairs(source, { seed: 3, pairs: 500 }));
    assert.notDeepEqual(randomPairs(source, { seed: 3, pairs: 500 }), randomPairs(source, { seed: 4, pairs: 500 }));
  });

  it("gives nothing where there is no pair, and refuses rows that have no direction", () => {
    assert.equal(randomPairs(sourceOf(normalMatrix(1, 3, 1))).length, 0);
    assert.equal(randomPairs(sourceOf(normalMatrix(0, 3, 1))).length, 0);
    const x = normalMatrix(4, 2, 1);
    x.data[5] = Number.NaN;
    assert.throws(
      () => randomPairs(sourceOf(x)),
      (e: Error) => e instanceof NotFiniteError && e.row === 2,
    );
    x.data.fill(0, 4, 6);
    assert.throws(
      () => randomPairs(sourceOf(x)),
      (e: Error) => e instanceof DegenerateDataError && /row 2/.test(e.message),
    );
    assert.throws(() => randomPairs(sourceOf(x), { pairs: 0 }), ArgumentError);
    assert.throws(() => randomPairs(sourceOf(x), { seed: 0.5 }), ArgumentError);
  });
});

describe("percentileOf(sorted, similarity)", () => {
  it("is the share below, in percent, with equal ones counted half", () => {
    const sorted = Float32Array.of(-0.5, 0, 0, 0.25);
    assert.deepEqual(
      [-1, -0.5, -0.25, 0, 0.1, 0.25, 1].map((s) => percentileOf(sorted, s)),
      [0, 12.5, 25, 50, 75, 87.5, 100],
    );
    assert.ok(Number.isNaN(percentileOf(new Float32Array(0), 0.5)));
  });

  it("is what counting gives, and never falls where the similarity grows", () => {
    const value = fc.integer({ min: -4, max: 4 }).map((v) => v / 4);
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), value, value, (values, s, t) => {
        const sorted = Float32Array.from(values).sort();
        const below = values.filter((v) => v < s).length + values.filter((v) => v === s).length / 2;
        assert.ok(Math.abs(percentileOf(sorted, s) - (100 * below) / values.length) < 1e-9);
        assert.ok((percentileOf(sorted, s) - percentileOf(sorted, t)) * (s - t) >= 0);
      }),
    );
  });
});
