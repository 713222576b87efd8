import assert from "node:assert/strict";
import fc from "fast-check";
import { countOnes, maskedRows, spreadRows } from "#dist/core/features/mask.js";

function numbered(rows: number, cols: number) {
  return { data: Float32Array.from({ length: rows * cols }, (_, i) => i + 1), rows, cols };
}

describe("maskedRows(m, mask) and spreadRows(m, mask)", () => {
  it("are each other's inverse, and leave zeros where the mask has them", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1 })), fc.integer({ min: 0, max: 4 }), (ones, cols) => {
        const mask = Uint8Array.from(ones);
        const m = numbered(mask.length, cols);
        const kept = maskedRows(m, mask);
        assert.equal(kept.rows, countOnes(mask));
        const whole = spreadRows(kept, mask);
        assert.deepEqual([whole.rows, whole.cols], [m.rows, m.cols]);
        assert.deepEqual(
          [...whole.data],
          Array.from(m.data, (v, i) => (mask[Math.floor(i / cols)] === 1 ? v : 0)),
        );
        assert.deepEqual(maskedRows(whole, mask), kept);
      }),
    );
  });

  it("keep the rows' order", () => {
    assert.deepEqual([...maskedRows(numbered(3, 2), Uint8Array.of(1, 0, 1)).data], [1, 2, 5, 6]);
    assert.deepEqual([...spreadRows(numbered(2, 1), Uint8Array.of(0, 1, 0, 1)).data], [0, 1, 0, 2]);
  });

  it("reject a mask of other rows, with both numbers", () => {
    assert.throws(() => maskedRows(numbered(3, 2), new Uint8Array(2)), {
      name: "ShapeError",
      message: "mask has 2 entries where there are 3 rows",
    });
    assert.throws(() => spreadRows(numbered(3, 2), Uint8Array.of(1, 0, 1)), {
      name: "ShapeError",
      message: "mask keeps 2 rows where there are 3",
    });
  });
});
