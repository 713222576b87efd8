import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import { ArgumentError, DegenerateDataError, NotFiniteError, ShapeError } from "#dist/core/errors.js";
import { type Matrix, matrix } from "#dist/core/numeric/matrix.js";
import { trustworthiness } from "#dist/core/projection/trustworthiness.js";
import { umap } from "#dist/core/projection/umap.js";
import { readFixture } from "../../support/safetensors.js";
import { normalMatrix } from "../../support/samples.js";

function digits(rows: number): Matrix {
  const { data } = readFixture("numeric/arrays.safetensors").uint8("digits.x");
  return matrix(Float32Array.from(data.subarray(0, rows * 64)), rows, 64);
}

function bytes(m: Matrix): string {
  return Buffer.from(m.data.buffer, m.data.byteOffset, m.data.byteLength).toString("hex");
}

/** Ten copies of each of six points. */
function duplicates(): Matrix {
  const points = normalMatrix(6, 5, 1).data;
  return matrix(
    Float32Array.from({ length: 60 * 5 }, (_, i) => points[i % 30]),
    60,
    5,
  );
}

describe("umap", () => {
  it("maps the digits as truly as the field's own program, and says so", async () => {
    const x = digits(1797);
    const map = await umap(x, { metric: "euclidean" });
    const measured = await trustworthiness(x, map.points, { k: 15 });
    assert.ok(measured.trustworthiness >= 0.983, `trustworthiness ${measured.trustworthiness}`);
    assert.deepEqual([map.trustworthiness, map.k], [measured.trustworthiness, 15]);
    assert.deepEqual(map.options, { neighbours: 15, minDist: 0.1, spread: 1, epochs: 500, metric: "euclidean" });
    assert.deepEqual([map.points.rows, map.points.cols, map.measured, map.notes], [1797, 2, 1797, []]);
  });

  it("reaches with umap-js about what it reaches with its own engine", async () => {
    const x = digits(300);
    const own = await umap(x, { epochs: 200 });
    const other = await umap(x, { engine: "umap-js", epochs: 200 });
    assert.equal(other.engine, "umap-js");
    assert.ok(Math.abs(own.trustworthiness - other.trustworthiness) < 0.02);
    assert.ok(own.trustworthiness > 0.95, `trustworthiness ${own.trustworthiness}`);
  });

  for (const engine of ["patchlab", "umap-js"] as const) {
    it(`gives with ${engine} the same bytes for the same seed, and others for another`, async () => {
      const x = digits(120);
      const run = async (seed: number) => bytes((await umap(x, { engine, seed, epochs: 60 })).points);
      const first = await run(1);
      assert.equal(await run(1), first);
      assert.notEqual(await run(2), first);
    });

    it(`maps with ${engine} rows that occur several times`, async () => {
      for (const metric of ["cosine", "euclidean"] as const) {
        const { points } = await umap(duplicates(), { engine, metric, epochs: 60 });
        assert.ok(points.data.every(Number.isFinite));
      }
    });

    it(`reports with ${engine} ascending percents that end at 100`, async () => {
      const seen: number[] = [];
      await umap(digits(120), { engine, epochs: 60, onProgress: (done) => seen.push(done) });
      assert.equal(seen.at(-1), 100);
      assert.ok(seen.length > 20, `${seen.length} reports`);
      assert.ok(seen.every((v, i) => i === 0 || v > seen[i - 1]));
    });

    it(`stops with ${engine} in the middle of the layout when it is aborted`, async () => {
      const controller = new AbortController();
      const seen: number[] = [];
      const job = umap(digits(300), {
        engine,
        epochs: 20_000,
        signal: controller.signal,
        onProgress: (done) => {
          seen.push(done);
          if (done > (engine === "patchlab" ? 30 : 0)) controller.abort();
        },
      });
      await assert.rejects(job, { name: "AbortError" });
      const reports = seen.length;
      await wait(30);
      assert.equal(seen.length, reports);
      assert.ok(reports < 60);
    });
  }

  it("leaves the event loop free while it lays out", async () => {
    let turns = 0;
    let [before, after] = [0, 0];
    const timer = setInterval(() => turns++, 1);
    await umap(digits(600), {
      onProgress: (done) => {
        if (done <= 30) before = turns;
        // from 90 on the map is measured
        if (done <= 90) after = turns;
      },
    });
    clearInterval(timer);
    assert.ok(after - before > 10, `${after - before} turns`);
  });

  it("makes do with fewer neighbours where there are few rows, and says so", async () => {
    const map = await umap(normalMatrix(6, 4, 1), { epochs: 30 });
    assert.equal(map.options.neighbours, 5);
    assert.deepEqual(map.notes, ["neighbours is 5 instead of 15, since there are only 6 rows"]);
    const least = await umap(normalMatrix(3, 1, 1), { epochs: 30, metric: "euclidean" });
    assert.deepEqual([least.points.rows, least.k], [3, 1]);
  });

  it("keeps groups apart that lie far from each other", async () => {
    const x = normalMatrix(90, 8, 2);
    for (let i = 0; i < 90; i++) x.data[i * 8] += 40 * (i % 3);
    const { points } = await umap(x, { metric: "euclidean", neighbours: 10 });
    for (let i = 0; i < 90; i++) {
      const far = Array.from({ length: 90 }, (_, j) =>
        Math.hypot(points.data[2 * i] - points.data[2 * j], points.data[2 * i + 1] - points.data[2 * j + 1]),
      );
      far[i] = Number.POSITIVE_INFINITY;
      assert.equal(far.indexOf(Math.min(...far)) % 3, i % 3);
    }
  });

  it("carries pictures and labels along, and refuses another number of them", async () => {
    const vectors = normalMatrix(10, 4, 1);
    const labels = Array.from({ length: 10 }, (_, i) => `row ${i}`);
    assert.deepEqual((await umap({ vectors, labels }, { epochs: 10 })).labels, labels);
    await assert.rejects(umap({ vectors, labels: ["one"] }), ShapeError);
  });

  it("refuses what cannot be mapped, by name", async () => {
    await assert.rejects(umap(undefined as unknown as Matrix), ShapeError);
    await assert.rejects(umap(normalMatrix(2, 4, 1)), ShapeError);
    await assert.rejects(
      umap(matrix(new Float32Array(40).fill(2), 10, 4), { metric: "euclidean" }),
      DegenerateDataError,
    );
    const oneDirection = matrix(
      Float32Array.from({ length: 40 }, (_, i) => ((i >> 2) + 1) * ((i & 3) + 0.3)),
      10,
      4,
    );
    await assert.rejects(umap(oneDirection), DegenerateDataError);
    const bad = normalMatrix(10, 4, 1);
    bad.data[13] = Number.NaN;
    await assert.rejects(umap(bad), (e) => e instanceof NotFiniteError && e.row === 3);
    const x = normalMatrix(10, 4, 1);
    for (const options of [{ neighbours: 1 }, { minDist: 2 }, { spread: 0 }, { epochs: 0.5 }, { seed: 0.5 }])
      await assert.rejects(
        umap(x, options),
        (e) => e instanceof ArgumentError && e.argument === Object.keys(options)[0],
      );
    await assert.rejects(umap(x, { engine: "t-sne" as "patchlab" }), ArgumentError);
  });
});
