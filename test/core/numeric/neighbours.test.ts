import assert from "node:assert/strict";
import fc from "fast-check";
import { ArgumentError, DegenerateDataError, NotFiniteError, ShapeError } from "#dist/core/errors.js";
import { type Matrix, matrix } from "#dist/core/numeric/matrix.js";
import { neighbours } from "#dist/core/numeric/neighbours.js";
import { normal, seededRandom } from "#dist/core/numeric/random.js";

function randomMatrix(rows: number, cols: number, seed = 1): Matrix {
  const random = seededRandom(seed);
  return matrix(
    Float32Array.from({ length: rows * cols }, () => normal(random)),
    rows,
    cols,
  );
}

/** By comparing each pair in 64 bits; equal 32-bit values by row. */
function bruteForce(base: Matrix, queries: Matrix, k: number, metric: string, self: boolean): number[] {
  const out: number[] = [];
  for (let q = 0; q < queries.rows; q++) {
    const far = Array.from({ length: base.rows }, (_, i) => {
      let [sum, dot, qq, xx] = [0, 0, 0, 0];
      for (let j = 0; j < base.cols; j++) {
        const a = queries.data[q * base.cols + j];
        const b = base.data[i * base.cols + j];
        sum += (a - b) ** 2;
        dot += a * b;
        qq += a * a;
        xx += b * b;
      }
      return metric === "euclidean" ? Math.fround(Math.sqrt(sum)) : -Math.fround(dot / (Math.sqrt(qq) * Math.sqrt(xx)));
    });
    const rows = far.map((_, i) => i).filter((i) => self || i !== q);
    out.push(...rows.sort((a, b) => far[a] - far[b] || a - b).slice(0, k));
  }
  return out;
}

describe("neighbours", () => {
  for (const metric of ["cosine", "euclidean"] as const) {
    it(`finds under ${metric} what comparing every pair finds`, async () => {
      const base = randomMatrix(500, 24);
      const queries = randomMatrix(40, 24, 2);
      const found = await neighbours(base, { k: 12, metric, queries });
      assert.deepEqual([...found.indices], bruteForce(base, queries, 12, metric, true));
      assert.deepEqual([found.rows, found.k], [40, 12]);
    });

    it(`orders equally near rows under ${metric} by row, also at the end of the list`, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 2 })), {
            minLength: 20,
            maxLength: 80,
          }),
          fc.integer({ min: 1, max: 12 }),
          fc.boolean(),
          async (rows, k, excludeSelf) => {
            const base = matrix(Float32Array.from(rows.flat()), rows.length, 2);
            const { indices } = await neighbours(base, { k, metric, excludeSelf });
            assert.deepEqual([...indices], bruteForce(base, base, k, metric, !excludeSelf));
          },
        ),
        { numRuns: 40 },
      );
    });
  }

  it("gives distances of exactly 0 and similarities of exactly 1 to equal rows, however far from the origin", async () => {
    const data = randomMatrix(30, 8).data.map((v) => 1000 + v);
    data.copyWithin(8, 0, 8);
    const base = matrix(data, 30, 8);
    const far = await neighbours(base, { k: 1, metric: "euclidean", excludeSelf: true });
    assert.deepEqual([far.indices[0], far.indices[1], far.distances[0]], [1, 0, 0]);
    const near = await neighbours(base, { k: 2, metric: "cosine" });
    assert.deepEqual([...near.similarities.subarray(0, 2)], [1, 1]);
    assert.deepEqual([...near.distances.subarray(0, 2)], [0, 0]);
  });

  it("is not misled by a row a million times longer than the others", async () => {
    const base = randomMatrix(200, 6);
    base.data.fill(1e6, 0, 6);
    const { indices } = await neighbours(base, { k: 5, metric: "euclidean" });
    assert.deepEqual([...indices], bruteForce(base, base, 5, "euclidean", true));
  });

  it("works on numbers whose squares leave 32 bits", async () => {
    const base = randomMatrix(50, 6);
    for (const factor of [1e30, 1e-30]) {
      const scaled = matrix(
        base.data.map((v) => v * factor),
        50,
        6,
      );
      const { indices } = await neighbours(scaled, { k: 5, metric: "euclidean" });
      assert.deepEqual([...indices], bruteForce(base, base, 5, "euclidean", true));
    }
  });

  it("gives all rows where k is larger than their number", async () => {
    const base = randomMatrix(7, 3);
    assert.equal((await neighbours(base, { k: 50, metric: "cosine" })).k, 7);
    assert.equal((await neighbours(base, { k: 50, metric: "cosine", excludeSelf: true })).k, 6);
    assert.equal(
      (await neighbours(matrix(Float32Array.of(1), 1, 1), { k: 3, metric: "cosine", excludeSelf: true })).k,
      0,
    );
  });

  it("does not depend on what else is asked in the same block", async () => {
    const base = randomMatrix(300, 40);
    const all = await neighbours(base, { k: 9, metric: "cosine" });
    const one = await neighbours(base, { k: 9, metric: "cosine", queries: matrix(base.data.slice(0, 40), 1, 40) });
    assert.deepEqual(one.indices, all.indices.slice(0, 9));
    assert.deepEqual(one.similarities, all.similarities.slice(0, 9));
  });

  it("reports progress up to the number of queries", async () => {
    const seen: number[] = [];
    await neighbours(randomMatrix(2500, 4), { k: 2, metric: "euclidean", onProgress: (done) => seen.push(done) });
    assert.deepEqual(seen, [1024, 2048, 2500]);
  });

  it("stops when it is aborted", async () => {
    const controller = new AbortController();
    const job = neighbours(randomMatrix(2500, 4), {
      k: 2,
      metric: "euclidean",
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await assert.rejects(job, { name: "AbortError" });
  });

  it("refuses more neighbours than a result holds before it touches the vectors", async () => {
    const many = matrix(new Float32Array(100_000), 100_000, 1);
    await assert.rejects(neighbours(many, { k: 1e9, metric: "cosine" }), {
      name: "ShapeError",
      argument: "k",
      message:
        "k is 100000 for 100000 queries, 10000000000 neighbours where one result holds 268435456: ask for fewer, or in parts",
    });
  });

  it("refuses what it cannot answer, by name", async () => {
    const base = randomMatrix(5, 3);
    const queries = randomMatrix(2, 4);
    await assert.rejects(neighbours(base, { k: 1, metric: "cosine", queries }), (e) => {
      return e instanceof ShapeError && /4 numbers a row where the base has 3/.test(e.message);
    });
    await assert.rejects(neighbours(base, { k: 0, metric: "cosine" }), ArgumentError);
    await assert.rejects(neighbours(base, { k: 1, metric: "cosine", queries: base, excludeSelf: true }), ArgumentError);
    await assert.rejects(neighbours(base, { k: 1, metric: "manhattan" as "cosine" }), ArgumentError);
    await assert.rejects(neighbours(matrix(new Float32Array(0), 0, 3), { k: 1, metric: "cosine" }), ShapeError);
    await assert.rejects(neighbours(undefined as unknown as Matrix, { k: 1, metric: "cosine" }), ShapeError);
    const bad = matrix(base.data.slice(), 5, 3);
    bad.data[7] = Number.NaN;
    for (const metric of ["cosine", "euclidean"] as const)
      await assert.rejects(neighbours(bad, { k: 1, metric }), (e) => e instanceof NotFiniteError && e.row === 2);
    bad.data.fill(0, 6, 9);
    await assert.rejects(neighbours(bad, { k: 1, metric: "cosine" }), DegenerateDataError);
  });
});
