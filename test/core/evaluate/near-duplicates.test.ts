import assert from "node:assert/strict";
import fc from "fast-check";
import { ArgumentError, DegenerateDataError, NotFiniteError, ShapeError } from "#dist/core/errors.js";
import { similarityGroups } from "#dist/core/evaluate/near-duplicates.js";
import { type Matrix, matrix, row } from "#dist/core/numeric/matrix.js";
import { takeRows } from "#dist/core/numeric/take-rows.js";
import { normalMatrix } from "../../support/samples.js";

function cosine(x: Matrix, a: number, b: number): number {
  let [product, aa, bb] = [0, 0, 0];
  for (let j = 0; j < x.cols; j++) {
    const [u, v] = [x.data[a * x.cols + j], x.data[b * x.cols + j]];
    product += u * v;
    aa += u * u;
    bb += v * v;
  }
  return product / (Math.sqrt(aa) * Math.sqrt(bb));
}

/** Groups by joining every pair that is similar in any of the matrices until nothing changes. */
function byDefinition(matrices: readonly Matrix[], threshold: number): number[] {
  const { rows } = matrices[0];
  const groups = Array.from({ length: rows }, (_, i) => i);
  for (let changed = true; changed; ) {
    changed = false;
    for (let a = 0; a < rows; a++)
      for (let b = 0; b < a; b++)
        if (groups[a] !== groups[b] && matrices.some((x) => cosine(x, a, b) >= threshold)) {
          groups[a] = groups[b] = Math.min(groups[a], groups[b]);
          changed = true;
        }
  }
  const order = [...new Set(groups)];
  return groups.map((group) => order.indexOf(group));
}

const smallMatrices = fc
  .array(fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 14 })
  .map((rows) => matrix(Float32Array.from(rows.flatMap((one) => [...one, 1])), rows.length, 4));

describe("similarityGroups(vectors)", () => {
  it("joins what joining all similar pairs one by one joins, numbered by first row", async () => {
    await fc.assert(
      fc.asyncProperty(smallMatrices, fc.constantFrom(0.6, 0.811, 0.9, 0.99), async (x, threshold) => {
        const { groups, count } = await similarityGroups(x, { threshold });
        assert.deepEqual([...groups], byDefinition([x], threshold));
        assert.equal(count, new Set(groups).size);
      }),
      { numRuns: 60 },
    );
  });

  it("joins pairs that are similar in any of several matrices", async () => {
    const [x, y] = [normalMatrix(60, 6, 1), normalMatrix(60, 9, 2)];
    const { groups } = await similarityGroups([x, y], { threshold: 0.93 });
    assert.deepEqual([...groups], byDefinition([x, y], 0.93));
    assert.ok(new Set(groups).size > 1 && new Set(groups).size < 60);
    assert.notDeepEqual(groups, (await similarityGroups(x, { threshold: 0.93 })).groups);
  });

  it("tells every pair with its similarity, the most similar first, in whichever matrix it is higher", async () => {
    const [x, y] = [normalMatrix(40, 4, 3), normalMatrix(40, 4, 4)];
    const { pairs } = await similarityGroups([x, y], { threshold: 0.9 });
    const wanted = new Map<string, number>();
    for (let a = 0; a < 40; a++)
      for (let b = a + 1; b < 40; b++) {
        const most = Math.max(cosine(x, a, b), cosine(y, a, b));
        if (most >= 0.9) wanted.set(`${a} ${b}`, most);
      }
    assert.ok(wanted.size > 20);
    assert.equal(pairs.length, wanted.size);
    for (const { a, b, similarity } of pairs)
      assert.ok(Math.abs(similarity - (wanted.get(`${a} ${b}`) as number)) < 1e-12, `${similarity} of ${a} and ${b}`);
    assert.ok(pairs.every(({ similarity }, i) => i === 0 || similarity <= pairs[i - 1].similarity));
  });

  it("joins equal rows under the highest threshold, however many, each paired with the first", async () => {
    const x = normalMatrix(3000, 16, 5, { deviation: () => 1 });
    for (let i = 0; i < 3000; i++) if (i % 3 > 0) row(x, i).set(row(x, i % 3));
    const { groups, count, pairs } = await similarityGroups(x, { threshold: 1 });
    assert.equal(count, 1000 + 2);
    assert.equal(pairs.length, 1998);
    assert.ok(pairs.every(({ a, similarity }) => a === groups[a] && similarity === 1));
  });

  it("finds pairs wherever they lie, also across the blocks that rows are compared in", async () => {
    const x = normalMatrix(8400, 12, 6, { deviation: () => 1 });
    const planted = [
      [0, 1],
      [3, 8399],
      [8190, 8392],
      [8191, 8192],
      [8200, 8300],
    ];
    for (const [a, b] of planted) row(x, b).set(row(x, a).map((v, j) => 2 * v + (j === 0 ? 1e-4 : 0)));
    const { pairs, count } = await similarityGroups(x, { threshold: 0.99999 });
    const found = pairs.map(({ a, b }) => [a, b]).sort((p, q) => p[0] - q[0]);
    assert.deepEqual(found, planted);
    assert.equal(count, 8395);
  });

  it("groups the same rows together in whatever order they come", async () => {
    const x = normalMatrix(60, 5, 11);
    const together = ({ groups }: { groups: Int32Array }, place: (row: number) => number) =>
      Array.from({ length: 60 }, (_, i) => Array.from({ length: 60 }, (_, j) => groups[place(i)] === groups[place(j)]));
    const whole = together(await similarityGroups(x, { threshold: 0.93 }), (i) => i);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...Array(60).keys()], { minLength: 60 }), async (order) => {
        const moved = await similarityGroups(takeRows(x, order), { threshold: 0.93 });
        assert.deepEqual(
          together(moved, (i) => order.indexOf(i)),
          whole,
        );
      }),
      { numRuns: 10 },
    );
  });

  it("keeps the most similar of more pairs than it tells, and groups by all of them", async () => {
    const x = normalMatrix(600, 3, 7, { mean: 3 });
    const { pairs, count } = await similarityGroups(x, { threshold: 0.2 });
    assert.equal(count, 1);
    assert.equal(pairs.length, 100_000);
    const all: number[] = [];
    for (let a = 0; a < 600; a++) for (let b = 0; b < a; b++) all.push(cosine(x, a, b));
    all.sort((p, q) => q - p);
    for (const at of [0, 1, 50_000, 99_999]) assert.ok(Math.abs(pairs[at].similarity - all[at]) < 1e-12);
  });

  it("stops when it is told to", async () => {
    const controller = new AbortController();
    const stopped = similarityGroups(normalMatrix(2000, 8, 8), {
      ...{ signal: controller.signal, onProgress: () => controller.abort() },
    });
    await assert.rejects(stopped, { name: "AbortError" });
  });

  it("counts its progress up to all pairs of all matrices", async () => {
    const seen: [number, number][] = [];
    const x = normalMatrix(8300, 4, 9);
    await similarityGroups([x, x], { threshold: 1, onProgress: (done, total) => void seen.push([done, total]) });
    assert.ok(seen.every(([done], i) => i === 0 || done > seen[i - 1][0]));
    assert.equal(seen[seen.length - 1][0], seen[0][1]);
  });

  it("refuses no matrices, matrices of other rows, thresholds that are none, NaN and rows of zeros", async () => {
    const x = normalMatrix(4, 3, 0);
    await assert.rejects(similarityGroups([]), ShapeError);
    await assert.rejects(similarityGroups([x, normalMatrix(5, 3, 0)]), /vectors\[1\] has 5 rows where the first has 4/);
    await assert.rejects(similarityGroups(matrix(new Float32Array(0), 0, 3)), ShapeError);
    for (const threshold of [0, 1.01, Number.NaN])
      await assert.rejects(similarityGroups(x, { threshold }), ArgumentError);
    const bad = normalMatrix(4, 3, 0);
    bad.data[7] = Number.NaN;
    await assert.rejects(similarityGroups([x, bad]), (error: NotFiniteError) => {
      assert.ok(error instanceof NotFiniteError);
      assert.deepEqual([error.argument, error.row], ["vectors[1]", 2]);
      return true;
    });
    row(bad, 2).fill(0);
    await assert.rejects(similarityGroups(bad), DegenerateDataError);
  });
});
