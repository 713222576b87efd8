import assert from "node:assert/strict";
import { softmaxRows } from "#dist/core/classify/softmax.js";
import { assertClose } from "../../support/samples.js";

function softmax(scores: readonly number[], temperature = 1): Float32Array {
  return softmaxRows({ data: Float32Array.from(scores), rows: 1, cols: scores.length }, { temperature });
}

describe("softmaxRows(scores)", () => {
  it("gives shares of exp(score / temperature)", () => {
    assertClose(softmax([0, Math.log(3)]), [0.25, 0.75], 1e-6);
    assertClose(softmax([0, 2 * Math.log(3)], 2), [0.25, 0.75], 1e-6);
  });

  it("does not overflow, however large or small the scores are", () => {
    assert.deepEqual([...softmax([3e38, -3e38, 3e38])], [0.5, 0, 0.5]);
    assert.deepEqual([...softmax([-3e38, -3e38])], [0.5, 0.5]);
    assert.deepEqual([...softmax([0.5, 0.4], 1e-300)], [1, 0]);
  });

  it("gives a score of -Infinity the probability 0", () => {
    assert.deepEqual([...softmax([-Infinity, 1, 1])], [0, 0.5, 0.5]);
  });

  it("refuses NaN and Infinity, naming the row by its number in the whole", () => {
    for (const score of [Number.NaN, Infinity]) {
      const scores = { data: Float32Array.of(1, 2, 0, score), rows: 2, cols: 2 };
      assert.throws(() => softmaxRows(scores, { firstRow: 40 }), { name: "NotFiniteError", row: 41 });
    }
  });
});
