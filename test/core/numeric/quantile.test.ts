import assert from "node:assert/strict";
import { quantile } from "#dist/core/numeric/quantile.js";

describe("quantile(sorted, share)", () => {
  it("is the lowest number at 0, the highest at 1, and NumPy's between two of them", () => {
    const sorted = Float64Array.of(1, 2, 4, 8);
    assert.deepEqual(
      [0, 0.25, 0.5, 0.75, 1].map((share) => quantile(sorted, share)),
      [1, 1.75, 3, 5, 8],
    );
  });

  it("is the number itself where there is one alone", () => {
    assert.equal(quantile(Float32Array.of(5), 0.3), 5);
  });
});
