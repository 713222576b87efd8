import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { float, GraphBuilder } from "#dist/core/runtime/graph.js";
import { sharedRuntime } from "#dist/core/runtime/runtime.js";
import { temporaryFolder } from "../../support/temporary.js";

describe("GraphBuilder", () => {
  const folder = temporaryFolder();

  it("writes every kind of attribute so that onnxruntime reads it back", async () => {
    const g = new GraphBuilder();
    const x = g.input("x", "float32", [2, 2]);
    const padded = g.op("Pad", [x, g.int64([0, 1, 0, 0]), g.scalar(7)], { mode: "constant" });
    const scaled = g.op("LeakyRelu", [padded], { alpha: float(3) });
    g.output("y", g.op("Transpose", [scaled], { perm: [1, 0] }), "float32", [3, 2]);
    const session = await sharedRuntime().open(g.build());
    const { y } = await session.run({ x: { data: Float32Array.of(1, -2, 3, 4), dims: [2, 2] } });
    assert.deepEqual([...y.data], [7, 7, 1, 3, -6, 4]);
    await session.close();
  });

  it("reads a weight from another file by its offset", async () => {
    const bytes = new Uint8Array(Float32Array.of(5, 6, 7, 8).buffer);
    await writeFile(join(folder(), "weights.bin"), bytes);
    const g = new GraphBuilder();
    const x = g.input("x", "float32", [2]);
    const w = g.external("w", "float32", [2], { location: "weights.bin", offset: 8, length: 8 });
    g.output("y", g.op("Mul", [x, w]), "float32", [2]);
    const session = await sharedRuntime().open(g.build(), { weightsFolder: folder() });
    const { y } = await session.run({ x: { data: Float32Array.of(1, 10), dims: [2] } });
    assert.deepEqual([...y.data], [7, 80]);
    await session.close();
  });

  it("refuses a name twice and a fraction that is not marked as a float", () => {
    const g = new GraphBuilder();
    const x = g.input("x", "float32", [1]);
    assert.throws(() => g.input("x", "float32", [1]), { name: "ArgumentError" });
    assert.throws(() => g.op("LeakyRelu", [x], { alpha: 0.5 }), /float\(0\.5\)/);
  });

  it("writes equal constants once", () => {
    const size = (n: number) => {
      const g = new GraphBuilder();
      for (let i = 0; i < n; i++) g.int64([1, 2, 3]);
      return g.build().length;
    };
    assert.equal(size(5), size(1));
  });
});
