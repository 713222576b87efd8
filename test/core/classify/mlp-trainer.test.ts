import assert from "node:assert/strict";
import fc from "fast-check";
import { initialNetwork, type Network, withLastColumn } from "#dist/core/classify/mlp-network.js";
import { type Batch, mlpTrainer } from "#dist/core/classify/mlp-trainer.js";
import type { Matrix } from "#dist/core/numeric/matrix.js";
import { normal, seededRandom } from "#dist/core/numeric/random.js";
import { takeRows } from "#dist/core/numeric/take-rows.js";
import { readFixture } from "../../support/safetensors.js";
import { assertClose } from "../../support/samples.js";

const fixture = readFixture("numeric/mlp.safetensors");
const parts = ["hidden", "hiddenBias", "output", "outputBias"] as const;

/** Numbers of a network that the fixture has under a prefix. */
function stored(prefix: string): Network {
  const [hidden, output] = ["hidden", "output"].map((name): Matrix => {
    const { data, shape } = fixture.float32(`${prefix}.${name}`);
    return { data, rows: shape[0], cols: shape[1] };
  });
  const bias = (name: string) => fixture.float32(`${prefix}.${name}`).data;
  return { hidden, hiddenBias: bias("hiddenBias"), output, outputBias: bias("outputBias") };
}

function numbersOf(network: Network, part: (typeof parts)[number]): Float32Array {
  const numbers = network[part];
  return "data" in numbers ? numbers.data : numbers;
}

function assertNetwork(actual: Network, expected: Network, tolerance: number): void {
  for (const part of parts) assertClose(numbersOf(actual, part), numbersOf(expected, part), tolerance);
}

function batchOf(x: Matrix, labels: Int32Array, rows: readonly number[]): Batch {
  const ones = new Float32Array(rows.length).fill(1);
  return { x: withLastColumn(takeRows(x, rows), ones), labels: Int32Array.from(rows, (row) => labels[row]) };
}

/** The fixture's: 16, 16 and 8 rows, again and again. */
function batches(count: number): Batch[] {
  const { data, shape } = fixture.float32("x");
  const x = { data, rows: shape[0], cols: shape[1] };
  const { data: labels } = fixture.int32("y");
  return Array.from({ length: count }, (_, step) => {
    const from = (step % 3) * 16;
    const rows = Array.from({ length: Math.min(16, 40 - from) }, (_, i) => from + i);
    return batchOf(x, labels, rows);
  });
}

/** Mean cross-entropy in 64 bits, written out. */
function lossOf(network: Network, x: Matrix, labels: Int32Array): number {
  const { hidden, hiddenBias, output, outputBias } = network;
  let loss = 0;
  for (let row = 0; row < x.rows; row++) {
    const input = x.data.subarray(row * x.cols, (row + 1) * x.cols);
    const product = (weights: ArrayLike<number>, at: number, values: ArrayLike<number>) =>
      Array.from(values).reduce((sum, v, j) => sum + v * weights[at + j], 0);
    const active = Array.from(hiddenBias, (b, u) => Math.max(0, b + product(hidden.data, u * x.cols, input)));
    const scores = Array.from(outputBias, (b, c) => b + product(output.data, c * active.length, active));
    loss += Math.log(scores.reduce((sum, s) => sum + Math.exp(s), 0)) - scores[labels[row]];
  }
  return loss / x.rows;
}

describe("mlpTrainer(start)", () => {
  for (const [kind, options] of [
    ["adam", { learningRate: 0.01 }],
    ["adamw", { learningRate: 0.01, weightDecay: 0.1 }],
  ] as const)
    it(`arrives after 60 steps where PyTorch's ${kind} arrives`, async () => {
      const trainer = mlpTrainer(stored("start"), options);
      await trainer.train(batches(60));
      assertNetwork(trainer.network(), stored(kind), 1e-4);
    });

  it("has the losses of PyTorch at every step", async () => {
    const all = batches(60);
    const scores = await mlpTrainer(stored("start"), { learningRate: 0.01 }).train(all);
    const losses = scores.map(({ data, rows, cols }, step) => {
      let loss = 0;
      for (let row = 0; row < rows; row++) {
        const own = data.subarray(row * cols, (row + 1) * cols);
        loss += Math.log(own.reduce((sum, s) => sum + Math.exp(s), 0)) - own[all[step].labels[row]];
      }
      return loss / rows;
    });
    assertClose(losses, fixture.float32("adam.losses").data, 1e-4);
  });

  it("has the gradient of PyTorch at the first step", async () => {
    const trainer = mlpTrainer(stored("start"), { learningRate: 0.01 });
    await trainer.train(batches(1));
    assertNetwork(trainer.momentum(), stored("gradient"), 1e-5);
  });

  it("steps along the slope of the loss that finite differences find", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 2, max: 4 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer(),
        async (dim, hidden, classes, rows, seed) => {
          const random = seededRandom(seed);
          const start = initialNetwork(dim, hidden, classes, random);
          const x = { data: Float32Array.from({ length: rows * dim }, () => normal(random)), rows, cols: dim };
          const labels = Int32Array.from({ length: rows }, () => Math.floor(random() * classes));
          const trainer = mlpTrainer(start, { learningRate: 0.01 });
          await trainer.train([batchOf(x, labels, [...labels.keys()])]);
          const gradient = trainer.momentum();
          const wide = float64Network(start);
          for (const part of parts) {
            const numbers = numbersOf(wide, part);
            const slopes = Array.from(numbers, (value, i) => {
              const at = (v: number) => {
                numbers[i] = v;
                return lossOf(wide, x, labels);
              };
              const slope = (at(value + 1e-5) - at(value - 1e-5)) / 2e-5;
              numbers[i] = value;
              return slope;
            });
            slopes.forEach((slope, i) => {
              assert.ok(Math.abs(numbersOf(gradient, part)[i] - slope) < 1e-5, `${part} ${i}: ${slope}`);
            });
          }
        },
      ),
      // where a unit is exactly at the edge of its ReLU the slope has no one value: the same networks each time
      { numRuns: 20, seed: 8 },
    );
  });

  it("takes the same steps four in a run as one in a run", async () => {
    const full = batches(60).filter(({ x }) => x.rows === 16);
    const copies = structuredClone(full);
    const [together, apart] = [1, 2].map(() => mlpTrainer(stored("start"), { learningRate: 0.01 }));
    await together.train(full);
    for (const batch of copies) await apart.train([batch]);
    assertNetwork(together.network(), apart.network(), 1e-6);
  });

  it("leaves the start as it is", async () => {
    const start = stored("start");
    await mlpTrainer(start, { learningRate: 0.01 }).train(batches(3));
    assert.deepEqual(start, stored("start"));
  });
});

/** The same numbers where a small change of one is not lost. */
function float64Network(network: Network): Network {
  const wide = (data: Float32Array) => Float64Array.from(data) as unknown as Float32Array;
  return {
    hidden: { ...network.hidden, data: wide(network.hidden.data) },
    hiddenBias: wide(network.hiddenBias),
    output: { ...network.output, data: wide(network.output.data) },
    outputBias: wide(network.outputBias),
  };
}
