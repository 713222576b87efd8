import assert from "node:assert/strict";
import fc from "fast-check";
import { ArgumentError } from "#dist/core/errors.js";
import { hnswBytes, ivfPqBytes } from "#dist/core/retrieval/index-memory.js";

const count = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });

describe("hnswBytes(size)", () => {
  it("is what the layout says of a billion vectors", () => {
    // 384 numbers of a byte, an id, scale and bias in 16 bytes, 40 links and their number, and 1/19 of a list of 20
    const perRow = 384 + 8 + 16 + (4 + 40 * 4) + (4 + 20 * 4) / 19;
    assert.equal(hnswBytes({ rows: 1e9, dim: 384 }), Math.round(1e9 * perRow));
  });

  it("grows by the vector with each row, and by links alone with connectivity", () => {
    fc.assert(
      fc.property(count(1e6), count(2000), fc.integer({ min: 2, max: 64 }), (rows, dim, connectivity) => {
        const size = { rows, dim, bytesPerNumber: 4, connectivity };
        const wider = hnswBytes({ ...size, dim: dim + 1 }) - hnswBytes(size);
        assert.equal(wider, 4 * rows);
        assert.ok(hnswBytes({ ...size, connectivity: connectivity + 1 }) > hnswBytes(size));
      }),
    );
  });

  it("refuses what is no size", () => {
    for (const wrong of [{ rows: 0 }, { dim: 1.5 }, { bytesPerNumber: 0 }, { connectivity: 1 }, { rows: Number.NaN }])
      assert.throws(() => hnswBytes({ rows: 10, dim: 10, ...wrong }), ArgumentError);
  });
});

describe("ivfPqBytes(size)", () => {
  it("is the arithmetic of a billion vectors in codes of 64 bytes", () => {
    const lists = 2 ** 18;
    const size = { rows: 1e9, dim: 384, subquantizers: 64, lists };
    assert.equal(ivfPqBytes(size), 1e9 * (64 + 8) + lists * 384 * 4 + 256 * 384 * 4);
  });

  it("rounds a code up to whole bytes", () => {
    const bytes = (subquantizers: number): number =>
      ivfPqBytes({ rows: 1000, dim: 12, subquantizers, bits: 5, lists: 1 });
    assert.equal(bytes(3) - bytes(1), 1000);
    assert.equal(bytes(4) - bytes(3), 1000);
  });

  it("refuses what is no size", () => {
    const size = { rows: 10, dim: 12, subquantizers: 4, lists: 2 };
    for (const wrong of [{ rows: 0 }, { lists: 0.5 }, { bits: 17 }, { subquantizers: 5 }, { subquantizers: 24 }])
      assert.throws(() => ivfPqBytes({ ...size, ...wrong }), ArgumentError);
  });
});
