import assert from "node:assert/strict";
import fc from "fast-check";
import { ArgumentError, DegenerateDataError, NotFiniteError, ShapeError } from "#dist/core/errors.js";
import { matrix } from "#dist/core/numeric/matrix.js";
import { exactIndex } from "#dist/core/retrieval/exact.js";
import { rocchio } from "#dist/core/retrieval/rocchio.js";
import { maxDifference } from "../../support/compare.js";
import { normalMatrix } from "../../support/samples.js";

const of = (...rows: number[][]) => matrix(Float32Array.from(rows.flat()), rows.length, rows[0].length);

describe("rocchio({ positives, negatives })", () => {
  it("is 0.75 of the mean positive direction less 0.15 of the mean negative one, of length 1", () => {
    const query = rocchio({ positives: of([2, 0, 0], [0, 7, 0]), negatives: of([0, 0, 3]) });
    const expected = [0.375, 0.375, -0.15].map((v) => v / Math.hypot(0.375, 0.375, 0.15));
    assert.ok(maxDifference(query, expected) < 1e-7);
    const weighted = rocchio({ positives: of([2, 0]), negatives: of([0, 3], [0, 1]), beta: 1, gamma: 2 });
    assert.ok(maxDifference(weighted, [1 / Math.sqrt(5), -2 / Math.sqrt(5)]) < 1e-7);
  });

  it("is the example's own direction for one positive, however long it is", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 999 }),
        fc.double({ min: 0.001, max: 1000, noNaN: true }),
        (seed, length) => {
          const { data } = normalMatrix(1, 8, seed);
          const norm = Math.hypot(...data);
          const query = rocchio({
            positives: matrix(
              data.map((v) => v * length),
              1,
              8,
            ),
          });
          assert.ok(
            maxDifference(
              query,
              data.map((v) => v / norm),
            ) < 1e-6,
          );
        },
      ),
    );
  });

  it("does not depend on the order or the lengths of the examples", () => {
    const positives = normalMatrix(3, 5, 1);
    const negatives = normalMatrix(2, 5, 2);
    const turned = matrix(
      Float32Array.from(
        [2, 0, 1].flatMap((i) => [...positives.data.subarray(i * 5, i * 5 + 5)].map((v) => v * (i + 2))),
      ),
      3,
      5,
    );
    const expected = rocchio({ positives, negatives });
    assert.ok(maxDifference(rocchio({ positives: turned, negatives }), expected) < 1e-6);
    assert.ok(Math.abs(Math.hypot(...expected) - 1) < 1e-6);
  });

  it("finds what lies between its positives, and nothing like its negative", async () => {
    const index = await exactIndex(of([1, 0, 0], [0, 1, 0], [1, 1, 0], [1, 1, 1], [0, 0, 1]));
    const ranked = async (query: Float32Array) => (await index.search(query)).queries[0].hits.map((hit) => hit.row);
    assert.equal((await ranked(rocchio({ positives: of([1, 0, 0], [0, 1, 0]) })))[0], 2);
    assert.equal((await ranked(rocchio({ positives: of([1, 0, 0]), negatives: of([0, 0, 1]) }))).at(-1), 4);
    await index.close();
  });

  it("takes no negatives as none", () => {
    const positives = of([1, 2]);
    assert.deepEqual(rocchio({ positives, negatives: matrix(new Float32Array(0), 0, 2) }), rocchio({ positives }));
  });

  it("refuses examples that cancel, by name", () => {
    const cancelling = { positives: of([1, 2]), negatives: of([2, 4]), beta: 1, gamma: 1 };
    assert.throws(
      () => rocchio(cancelling),
      (e: Error) => e instanceof DegenerateDataError && /with the negatives/.test(e.message),
    );
    assert.throws(() => rocchio({ positives: of([1, 3], [-2, -6]) }), DegenerateDataError);
  });

  it("refuses no positive, other dimensions, zeros, NaN and weights that make no sense", () => {
    const positives = of([1, 2]);
    assert.throws(() => rocchio({ positives: matrix(new Float32Array(0), 0, 2) }), ShapeError);
    assert.throws(() => rocchio({ positives, negatives: of([1]) }), { name: "ShapeError", argument: "negatives" });
    assert.throws(() => rocchio({ positives, negatives: of([0, 0]) }), DegenerateDataError);
    assert.throws(
      () => rocchio({ positives: of([1, 1], [1, Number.NaN]) }),
      (e: Error) => e instanceof NotFiniteError && e.row === 1,
    );
    for (const beta of [0, -1, Number.NaN, Infinity]) assert.throws(() => rocchio({ positives, beta }), ArgumentError);
    for (const gamma of [-0.1, Number.NaN]) assert.throws(() => rocchio({ positives, gamma }), ArgumentError);
  });
});
