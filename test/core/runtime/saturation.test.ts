import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { GraphBuilder } from "#dist/core/runtime/graph.js";
import { openRuntime } from "#dist/core/runtime/runtime.js";
import { productsSaturate } from "#dist/core/runtime/saturation.js";

describe("productsSaturate", () => {
  it("tells whether the exact way is needed, and that way is exact", async () => {
    const runtime = openRuntime();
    const saturates = await productsSaturate(runtime);
    const g = new GraphBuilder();
    const w = g.initializer(
      "w",
      "int8",
      [4, 2],
      new Uint8Array(Int8Array.of(127, -127, 127, -127, 127, -127, 127, -127).buffer),
    );
    g.output("y", g.op("MatMulInteger", [g.input("x", "uint8", [1, 4]), w]), "int32", [1, 2]);
    const session = await runtime.open(g.build(), { exactInt8: true });
    const { y } = await session.run({ x: { data: Uint8Array.of(255, 255, 255, 255), dims: [1, 4] } });
    assert.deepEqual([...y.data], [4 * 255 * 127, -4 * 255 * 127]);
    // processors with these instructions have 32-bit sums
    const flags = existsSync("/proc/cpuinfo") ? readFileSync("/proc/cpuinfo", "utf8") : "";
    if (/avx512_vnni|avx_vnni|asimddp/.test(flags)) assert.equal(saturates, false);
    await runtime.close();
  });
});
