import assert from "node:assert/strict";
import { join } from "node:path";
import { PeerAbsent } from "#dist/bench/peers/process.js";
import { TorchMlp } from "#dist/bench/peers/torch-mlp.js";
import { trainMlp } from "#dist/core/classify/mlp.js";
import { initialNetwork } from "#dist/core/classify/mlp-network.js";
import { seededRandom } from "#dist/core/numeric/random.js";
import { shuffle } from "#dist/core/numeric/shuffle.js";
import { clouds } from "../support/labelled.js";
import { assertClose } from "../support/samples.js";
import { temporaryFolder } from "../support/temporary.js";

describe("TorchMlp", () => {
  const folder = temporaryFolder();
  const { vectors, labels } = clouds([30, 20, 25], 6, { spread: 2 });

  /** What `trainMlp` does with seed 4. */
  function task() {
    const random = seededRandom(4);
    const start = initialNetwork(6, 7, 3, random);
    const order = Int32Array.from(labels.indices.keys());
    const orders = [1, 2, 3].map(() => {
      shuffle(order, random);
      return order.slice();
    });
    return { x: vectors, labels: labels.indices, start, orders };
  }

  it("has our losses, from our start in our order, where PATCHLAB_PYTHON names a Python that has it", async function () {
    if (!process.env.PATCHLAB_PYTHON) return this.skip();
    const peer = await TorchMlp.open(folder(), task()).catch((error) => {
      if (error instanceof PeerAbsent) this.skip();
      throw error;
    });
    const { ms, losses } = await peer.train({ batch: 16, rate: 0.01, threads: 1 });
    const options = { hidden: 7, batchSize: 16, learningRate: 0.01, epochs: 3, seed: 4, scaling: "none" } as const;
    const { notes } = await trainMlp({ vectors, labels }, options);
    assertClose(
      (notes.epochs ?? []).map(({ trainLoss }) => trainLoss),
      losses,
      1e-5,
    );
    assert.ok(ms > 0);
    assert.deepEqual(Object.keys(peer.versions), ["python", "torch"]);
    await peer.close();
  });

  it("says what to install where it is not", async () => {
    const before = process.env.PATCHLAB_PYTHON;
    process.env.PATCHLAB_PYTHON = join(folder(), "python");
    try {
      await assert.rejects(
        TorchMlp.open(folder(), task()),
        (e: Error) => e instanceof PeerAbsent && /pip install torch numpy, or name the Python/.test(e.message),
      );
    } finally {
      if (before === undefined) delete process.env.PATCHLAB_PYTHON;
      else process.env.PATCHLAB_PYTHON = before;
    }
  });
});
