import assert from "node:assert/strict";
import { curvatureOf, inverseCurvature } from "#dist/core/classify/curvature-guess.js";
import { holdRows } from "#dist/core/classify/logistic-loss.js";
import { centreColumns } from "#dist/core/numeric/centre.js";
import { assertClose, normalMatrix } from "../../support/samples.js";

/** The rows of each size, all of two classes, and the square of their numbers. */
async function curvature(rows: number, cols: number) {
  const x = centreColumns(normalMatrix(rows, cols, 3));
  const square = Float64Array.from({ length: cols * cols }, (_, at) => {
    const [i, j] = [Math.floor(at / cols), at % cols];
    let sum = 0;
    for (let r = 0; r < rows; r++) sum += x.data[r * cols + i] * x.data[r * cols + j];
    return sum;
  });
  const squares = x.data.reduce((sum, v) => sum + v * v, 0);
  const held = await holdRows(
    x,
    Int32Array.from({ length: rows }, (_, i) => i % 2),
    2,
  );
  const found = await curvatureOf(held, squares).finally(() => held.release());
  return { found, square };
}

describe("curvatureOf(rows)", () => {
  it("has the eigenvalues of the rows' square, and their mean for those that it leaves out", async () => {
    const { found, square } = await curvature(400, 90);
    assert.equal(found.values.length, 64);
    const trace = Array.from({ length: 90 }, (_, j) => square[j * 91]).reduce((sum, v) => sum + v, 0);
    const known = found.values.reduce((sum, v) => sum + v, 0);
    assertClose([known + 26 * found.rest], [trace], 1e-5);
    for (let k = 0; k < 5; k++) {
      const direction = found.directions.subarray(k * 90, (k + 1) * 90);
      const image = Float64Array.from(direction, (_, i) =>
        direction.reduce((sum, v, j) => sum + square[i * 90 + j] * v, 0),
      );
      const expected = direction.map((v) => v * found.values[k]);
      assertClose(image, expected, 1e-3);
    }
  });

  it("has no more directions than there are columns or rows", async () => {
    for (const [rows, cols] of [
      [50, 7],
      [5, 90],
      [2, 1],
    ])
      assert.equal((await curvature(rows, cols)).found.values.length, Math.min(rows, cols));
  });
});

describe("inverseCurvature(curvature, penalty)", () => {
  it("undoes half the rows' square and the penalty, where no direction is left out", async () => {
    const { found, square } = await curvature(60, 6);
    const vector = Float64Array.from({ length: 14 }, (_, i) => Math.sin(i + 1));
    const undone = inverseCurvature(found, 0.7)(vector);
    const again = Float64Array.from({ length: 14 }, (_, i) => {
      if (i >= 12) return 30 * undone[i];
      const row = Math.floor(i / 6) * 6;
      let sum = 0.7 * undone[i];
      for (let j = 0; j < 6; j++) sum += (square[(i - row) * 6 + j] / 2) * undone[row + j];
      return sum;
    });
    assertClose(again, vector, 1e-4);
  });
});
