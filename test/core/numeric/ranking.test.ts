import assert from "node:assert/strict";
import fc from "fast-check";
import { ShapeError } from "#dist/core/errors.js";
import { checkRankable, keyRow, keyValue, rankKey } from "#dist/core/numeric/ranking.js";

const value = fc.float({ noNaN: true });
const row = fc.integer({ min: 0, max: 2 ** 22 - 1 });

describe("rankKey", () => {
  it("gives back the value and the row", () => {
    fc.assert(
      fc.property(value, row, (v, r) => {
        const key = rankKey(v, r);
        assert.equal(keyRow(key), r);
        assert.equal(keyValue(key), v + 0);
      }),
    );
  });

  it("orders by value, then by row", () => {
    fc.assert(
      fc.property(value, row, value, row, (v, r, w, s) => {
        const order = v === w ? r - s : v - w;
        assert.equal(Math.sign(rankKey(v, r) - rankKey(w, s)), Math.sign(order));
      }),
    );
  });

  it("refuses more rows than a key can tell apart", () => {
    assert.throws(() => checkRankable(2 ** 22 + 1, "base"), ShapeError);
    checkRankable(2 ** 22, "base");
  });
});
