import assert from "node:assert/strict";
import { type PositionRule, resizePositions } from "#dist/core/model/positions.js";
import { readSafetensorsHeader, readTensor } from "#dist/core/model/safetensors.js";
import { maxDifference } from "../../support/compare.js";
import { fixture } from "../../support/fixtures.js";

const path = fixture("positions/expected.safetensors");
const sizes = ["16x16", "32x32", "37x53", "20x29", "74x74", "1x9"];
const rules: PositionRule[] = ["upstream", "transformers", "registers"];

describe("resizePositions", () => {
  for (const rule of rules)
    for (const size of sizes)
      it(`equals PyTorch's ${rule} rule at ${size} to 1e-5`, async () => {
        const header = await readSafetensorsHeader(path);
        const grid = { data: await readTensor(header, "grid"), rows: 37, cols: 37, dim: 4 };
        const [rows, cols] = size.split("x").map(Number);
        const resized = resizePositions(grid, rows, cols, rule);
        assert.deepEqual([resized.rows, resized.cols, resized.dim], [rows, cols, 4]);
        assert.ok(maxDifference(resized.data, await readTensor(header, `${size}.${rule}`)) < 1e-5);
      });

  it("returns the learned grid itself at its own size", () => {
    const grid = { data: Float32Array.of(1, 2, 3, 4), rows: 2, cols: 2, dim: 1 };
    assert.equal(resizePositions(grid, 2, 2, "upstream"), grid);
  });

  it("keeps a constant grid constant at every size and rule", () => {
    const grid = { data: new Float32Array(5 * 5 * 2).fill(3), rows: 5, cols: 5, dim: 2 };
    for (const rule of rules)
      for (const [rows, cols] of [
        [1, 1],
        [3, 8],
        [11, 2],
      ])
        assert.ok(resizePositions(grid, rows, cols, rule).data.every((v) => Math.abs(v - 3) < 1e-5));
  });
});
