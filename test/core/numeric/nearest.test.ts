import assert from "node:assert/strict";
import { type HeldBase, holdBase } from "#dist/core/numeric/held-base.js";
import { type Metric, metricSpace } from "#dist/core/numeric/metric-space.js";
import { type NearestOptions, nearest } from "#dist/core/numeric/nearest.js";
import { finish } from "#dist/core/numeric/steps.js";
import { normalMatrix } from "../../support/samples.js";

const flat = { deviation: () => 1 };
const base = normalMatrix(200, 6, 1, flat);
const queries = normalMatrix(5, 6, 2, flat);
const allowed = Uint8Array.from({ length: 200 }, (_, i) => (i % 7 === 0 ? 1 : 0));

async function withBase(metric: Metric, work: (held: HeldBase) => Promise<void>): Promise<void> {
  const held = await holdBase(finish(metricSpace(base, metric)), { threads: 1 });
  await work(held).finally(() => held.release());
}

function find(held: HeldBase, k: number, options: NearestOptions) {
  return nearest(held, finish(held.space.prepare(queries, "queries")), k, options);
}

for (const metric of ["cosine", "euclidean"] as const) {
  describe(`nearest(base, queries, k, { allowed }) under ${metric}`, () => {
    it("finds what it finds among the allowed rows alone", async () => {
      await withBase(metric, async (held) => {
        const all = await find(held, 200, {});
        const masked = await find(held, 9, { allowed });
        assert.equal(masked.k, 9);
        for (let q = 0; q < queries.rows; q++) {
          const expected = [...all.indices.subarray(q * 200, (q + 1) * 200)].filter((row) => allowed[row]);
          assert.deepEqual([...masked.indices.subarray(q * 9, (q + 1) * 9)], expected.slice(0, 9));
        }
      });
    });

    it("gives fewer where fewer are allowed, and none where none is", async () => {
      await withBase(metric, async (held) => {
        const { k, indices } = await find(held, 50, { allowed });
        assert.equal(k, 29);
        assert.ok(indices.every((row) => allowed[row] === 1));
        assert.equal((await find(held, 50, { allowed: new Uint8Array(200) })).k, 0);
      });
    });

    it("leaves what is excluded for a query out besides", async () => {
      await withBase(metric, async (held) => {
        const options = { allowed, excluded: (q: number, row: number) => row === 7 * q, spare: 1 };
        const { k, indices } = await find(held, 50, options);
        assert.equal(k, 28);
        indices.forEach((row, i) => {
          assert.ok(allowed[row] === 1 && row !== 7 * Math.floor(i / k));
        });
      });
    });
  });
}
