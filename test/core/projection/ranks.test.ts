import assert from "node:assert/strict";
import fc from "fast-check";
import { matrix, row } from "#dist/core/numeric/matrix.js";
import { metricSpace } from "#dist/core/numeric/metric-space.js";
import type { Metric } from "#dist/core/numeric/neighbours.js";
import { finish } from "#dist/core/numeric/steps.js";
import { ranksOf } from "#dist/core/projection/ranks.js";

describe("ranksOf(scored, wanted)", () => {
  it("gives the places of a full sort by measure and row, however wrong scores are within their bounds", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: -2, max: 3 })), {
          minLength: 4,
          maxLength: 40,
        }),
        fc.constantFrom<Metric>("cosine", "euclidean"),
        fc.array(fc.integer({ min: -1, max: 1 }), { minLength: 40, maxLength: 40 }),
        (points, metric, errors) => {
          const base = matrix(Float32Array.from(points.flat()), points.length, 2);
          const prepared = finish(finish(metricSpace(base, metric)).prepare(matrix(row(base, 0), 1, 2), "query"));
          const measures = points.map((_, i) => Math.fround(prepared.sign * prepared.measure(0, i)));
          const scores = Float32Array.from(measures, (m, i) => {
            const measured = prepared.sign * m;
            return prepared.score(0, measured) + 0.5 * errors[i] * prepared.slack(0, measured);
          });
          const order = points.map((_, i) => i).filter((i) => i !== 0);
          order.sort((a, b) => measures[a] - measures[b] || a - b);
          const wanted = order.filter((_, i) => i % 3 === 0);
          const expected = wanted.map((r) => order.indexOf(r) + 1);
          const shuffled = Int32Array.from(wanted.toReversed());
          const found = finish(ranksOf({ prepared, query: 0, scores, self: 0 }, shuffled));
          assert.deepEqual([...found].reverse(), expected);
        },
      ),
    );
  });
});
