import assert from "node:assert/strict";
import { smallerGram } from "#dist/core/numeric/gram.js";
import { matrix } from "#dist/core/numeric/matrix.js";
import { normalMatrix } from "../../support/samples.js";

describe("smallerGram(x)", () => {
  it("is the products of the columns, or of the rows where these are fewer, to the rounding of float64", async () => {
    for (const [rows, cols] of [
      [50, 7],
      [7, 50],
      [9, 9],
    ]) {
      const x = normalMatrix(rows, cols, rows, { mean: 3 });
      const { products, size } = await smallerGram(x);
      assert.equal(size, Math.min(rows, cols));
      const entry = (line: number, k: number) => (rows <= cols ? x.data[line * cols + k] : x.data[k * cols + line]);
      for (let i = 0; i < size; i++)
        for (let j = 0; j < size; j++) {
          let wanted = 0;
          for (let k = 0; k < Math.max(rows, cols); k++) wanted += entry(i, k) * entry(j, k);
          assert.ok(Math.abs(products[i * size + j] / wanted - 1) < 1e-13);
        }
    }
  });

  it("adds up what more rows give than are multiplied at once", async () => {
    const rows = 2 ** 21 + 5;
    const ones = matrix(new Float32Array(rows * 3).fill(1), rows, 3);
    assert.deepEqual([...(await smallerGram(ones)).products], new Array(9).fill(rows));
  });
});
