import assert from "node:assert/strict";
import { checkFinite, checkOnePerRow } from "#dist/core/numeric/matrix.js";

describe("checkOnePerRow(lists, rows, what)", () => {
  it("takes lists of one entry a row, typed or not, and those that are left out", () => {
    checkOnePerRow({ labels: ["a", "b"], places: Int32Array.of(1, 2), pictures: undefined }, 2, "vectors");
  });

  it("names the first list that is of another length, or none", () => {
    assert.throws(() => checkOnePerRow({ labels: ["a", "b"], pictures: ["a"] }, 2, "vectors"), {
      name: "ShapeError",
      argument: "pictures",
      message: "pictures holds 1 entries where there are 2 vectors: give one a row",
    });
    assert.throws(() => checkOnePerRow({ labels: null as unknown as string[] }, 2, "points"), {
      name: "ShapeError",
      message: "labels is no list where there are 2 points: give one a row",
    });
  });
});

describe("checkFinite(m, argument)", () => {
  it("names the first bad row, also of those that come late", () => {
    const m = { data: new Float32Array(3e6), rows: 1e6, cols: 3 };
    checkFinite(m, "m");
    m.data[2_500_000] = Number.NaN;
    m.data[2_700_000] = Infinity;
    assert.throws(() => checkFinite(m, "m"), { name: "NotFiniteError", row: 833_333 });
  });
});
