import assert from "node:assert/strict";
import { initialNetwork } from "#dist/core/classify/mlp-network.js";
import { seededRandom } from "#dist/core/numeric/random.js";

describe("initialNetwork(dim, hidden, classes, random)", () => {
  const { hidden, hiddenBias, output, outputBias } = initialNetwork(100, 400, 25, seededRandom(3));

  it("fills weights and biases evenly within 1 / sqrt(inputs), as PyTorch's nn.Linear does", () => {
    for (const [numbers, inputs] of [
      [hidden.data, 100],
      [hiddenBias, 100],
      [output.data, 400],
    ] as const) {
      const bound = 1 / Math.sqrt(inputs);
      assert.ok(numbers.every((v) => Math.abs(v) <= bound * (1 + 1e-6)));
      // a uniform number's variance is a third of its bound's square
      const variance = numbers.reduce((sum, v) => sum + v * v, 0) / numbers.length;
      assert.ok(Math.abs(variance / (bound ** 2 / 3) - 1) < 0.15, `variance ${variance}`);
    }
    assert.ok(outputBias.some((v) => v < 0) && outputBias.some((v) => v > 0));
  });

  it("has the sizes of Linear dim -> hidden and Linear hidden -> classes", () => {
    assert.deepEqual([hidden.rows, hidden.cols, hiddenBias.length], [400, 100, 400]);
    assert.deepEqual([output.rows, output.cols, outputBias.length], [25, 400, 25]);
  });
});
