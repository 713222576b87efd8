import assert from "node:assert/strict";
import { ShapeError } from "#dist/core/errors.js";
import { centreColumns } from "#dist/core/numeric/centre.js";
import { columnMeans } from "#dist/core/numeric/covariance.js";
import { matrix } from "#dist/core/numeric/matrix.js";
import { normal, seededRandom } from "#dist/core/numeric/random.js";

describe("centreColumns", () => {
  it("leaves columns whose means are zero, though they were far from it", () => {
    const random = seededRandom(3);
    const m = matrix(
      Float32Array.from({ length: 400 * 5 }, () => 1e4 + normal(random)),
      400,
      5,
    );
    for (const mean of columnMeans(centreColumns(m))) assert.ok(Math.abs(mean) < 1e-4, `mean ${mean}`);
  });

  it("takes away the means it is given and leaves its argument as it was", () => {
    const m = matrix(Float32Array.of(1, 2, 3, 4), 2, 2);
    assert.deepEqual([...centreColumns(m, [1, 1]).data], [0, 1, 2, 3]);
    assert.deepEqual([...centreColumns(m).data], [-1, -1, 1, 1]);
    assert.deepEqual([...m.data], [1, 2, 3, 4]);
  });

  it("refuses means of another size", () => {
    assert.throws(() => centreColumns(matrix(new Float32Array(2), 1, 2), [1]), ShapeError);
  });
});
