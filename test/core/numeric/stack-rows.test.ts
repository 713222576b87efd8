import assert from "node:assert/strict";
import { stackRows } from "#dist/core/numeric/stack-rows.js";
import { takeRows } from "#dist/core/numeric/take-rows.js";
import { normalMatrix } from "../../support/samples.js";

describe("stackRows(parts)", () => {
  it("puts together what takeRows has taken apart, parts without rows among them", () => {
    const x = normalMatrix(9, 4, 1);
    const parts = [[], [0, 1, 2], [], [3], [4, 5, 6, 7, 8]].map((rows) => takeRows(x, rows));
    assert.deepEqual(stackRows(parts), x);
  });

  it("has the width that it is told where no part tells it", () => {
    assert.deepEqual(stackRows([], 4), { data: new Float32Array(0), rows: 0, cols: 4 });
    assert.equal(stackRows([]).cols, 0);
  });
});
