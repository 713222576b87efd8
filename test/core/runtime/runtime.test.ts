import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { ClosedError, RuntimeError } from "#dist/core/errors.js";
import { float, GraphBuilder } from "#dist/core/runtime/graph.js";
import { openRuntime, type Runtime, sharedRuntime, threadCount } from "#dist/core/runtime/runtime.js";
import { int64, type Tensor } from "#dist/core/runtime/tensor.js";
import { projectFile } from "../../support/fixtures.js";
import { temporaryFolder } from "../../support/temporary.js";

/** y = scale · x xᵀ */
function product(): Uint8Array {
  const g = new GraphBuilder();
  const x = g.input("x", "float32", ["n", "d"]);
  g.output("y", g.op("Gemm", [x, x], { transB: 1, alpha: float(2) }), "float32", ["n", "n"]);
  return g.build();
}

/** Work that keeps onnxruntime busy for some hundred milliseconds. */
const heavy: Tensor = { data: new Float32Array(3000 * 1000).fill(0.5), dims: [3000, 1000] };

describe("the runtime", () => {
  const home = temporaryFolder();
  let runtime: Runtime;
  before(() => {
    runtime = openRuntime();
  });
  after(() => runtime.close());

  it("computes what the graph says and names inputs and outputs", async () => {
    const session = await runtime.open(product());
    assert.deepEqual(session.inputs, [{ name: "x", type: "float32", dims: ["n", "d"] }]);
    const { y } = await session.run({ x: { data: Float32Array.of(1, 2, 3, 4), dims: [2, 2] } });
    assert.deepEqual([...y.data], [10, 22, 22, 50]);
    assert.deepEqual(y.dims, [2, 2]);
    await session.close();
  });

  it("leaves the event loop free while a graph runs", async () => {
    const session = await runtime.open(product(), { threads: 1 });
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const before = performance.now();
    await session.run({ x: heavy });
    const took = performance.now() - before;
    clearInterval(timer);
    assert.ok(ticks > took / 40, `${ticks} ticks of a 1 ms timer in ${took.toFixed(0)} ms`);
    await session.close();
  });

  it("sends only the part that a view shows, and leaves the caller's array alone", async () => {
    const session = await runtime.open(product());
    const whole = Float32Array.of(9, 1, 2, 9);
    const { y } = await session.run({ x: { data: whole.subarray(1, 3), dims: [1, 2] } }, { transfer: true });
    assert.deepEqual([...y.data], [10]);
    assert.deepEqual([...whole], [9, 1, 2, 9]);
    await session.close();
  });

  it("runs on a held tensor as on the same one sent along", async () => {
    const session = await runtime.open(product());
    const x = { data: Float32Array.of(1, -2, 0.5, 3), dims: [2, 2] };
    const held = await runtime.hold(x);
    assert.deepEqual((await session.run({ x: held })).y.data, (await session.run({ x })).y.data);
    await runtime.release(held);
    await assert.rejects(session.run({ x: held }), RuntimeError);
    await session.close();
  });

  it("leaves a held tensor's array alone, and takes its memory over when told to", async () => {
    const data = Float32Array.of(1, 2);
    await runtime.release(await runtime.hold({ data, dims: [1, 2] }));
    assert.deepEqual([...data], [1, 2]);
    await runtime.release(await runtime.hold({ data, dims: [1, 2] }, { transfer: true }));
    assert.equal(data.length, 0);
  });

  it("drops a run whose signal aborts before it starts, and only that one", async () => {
    const session = await runtime.open(product(), { threads: 1 });
    const controller = new AbortController();
    const first = session.run({ x: heavy });
    const second = session.run({ x: heavy }, { signal: controller.signal });
    const third = session.run({ x: { data: Float32Array.of(1), dims: [1, 1] } });
    controller.abort();
    await assert.rejects(second, { name: "AbortError" });
    assert.equal((await first).y.dims[0], 3000);
    assert.deepEqual([...(await third).y.data], [2]);
    await session.close();
  });

  it("throws RuntimeError for a graph or feeds that onnxruntime refuses", async () => {
    await assert.rejects(runtime.open(Uint8Array.of(1, 2, 3)), RuntimeError);
    const session = await runtime.open(product());
    await assert.rejects(session.run({ x: int64([1]) }), RuntimeError);
    await session.close();
    await assert.rejects(session.run({ x: heavy }), ClosedError);
  });

  it("rejects what is waiting when it is closed, and everything after", async () => {
    const other = openRuntime();
    const session = await other.open(product(), { threads: 1 });
    const waiting = session.run({ x: heavy });
    const rejected = assert.rejects(waiting, ClosedError);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await other.close();
    await rejected;
    await assert.rejects(other.open(product()), ClosedError);
  });

  it("computes with the numbers as they were when it was asked", async () => {
    const session = await runtime.open(product());
    const first = session.run({ x: heavy });
    const x = Float32Array.of(1, 2);
    const second = session.run({ x: { data: x, dims: [1, 2] } });
    const held = runtime.hold({ data: x, dims: [1, 2] });
    x.fill(0);
    await first;
    assert.deepEqual([...(await second).y.data], [10]);
    assert.deepEqual([...(await session.run({ x: await held })).y.data], [10]);
    await session.close();
  });

  for (const [how, code, line] of [
    ["process.exit(3)", 3, ""],
    ["throw new Error('theirs')", 1, "theirs"],
    ["runtime.close().then(() => console.error('closed'))", 0, "closed"],
  ] as const)
    it(`lets a process end by ${how} in the middle of a run`, () => {
      const url = (path: string) => JSON.stringify(new URL(`../../../dist/${path}`, import.meta.url).href);
      const script = `
        const { openRuntime } = await import(${url("core/runtime/runtime.js")});
        const runtime = openRuntime();
        const session = await runtime.open(${JSON.stringify(projectFile("models/efficientnet-lite0/model.onnx"))});
        const dims = [8, 3, 640, 640];
        const run = session.run({ pixel_values: { data: new Float32Array(8 * 3 * 640 * 640), dims } });
        run.catch(() => {});
        setTimeout(() => { ${how} }, 150);`;
      const ended = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
      assert.deepEqual([ended.status, ended.signal], [code, null], ended.stderr);
      assert.ok(ended.stderr.includes(line), ended.stderr);
    });

  it("writes nothing under the user's home and sends nothing: onnxruntime's telemetry is off", () => {
    const url = new URL("../../../dist/core/runtime/runtime.js", import.meta.url).href;
    const script = `
      const { openRuntime } = await import(${JSON.stringify(url)});
      const runtime = openRuntime();
      await runtime.open(${JSON.stringify(projectFile("models/efficientnet-lite0/model.onnx"))});
      await runtime.close();`;
    const { ORT_DISABLE_TELEMETRY: _, ...env } = process.env;
    const ended = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
      env: { ...env, HOME: home(), USERPROFILE: home(), XDG_CACHE_HOME: "" },
      encoding: "utf8",
    });
    assert.deepEqual([ended.status, ended.stderr], [0, ""]);
    assert.deepEqual(readdirSync(home(), { recursive: true }), []);
  });

  it("gives a new shared runtime after the last one was closed", async () => {
    const first = sharedRuntime();
    assert.equal(sharedRuntime(), first);
    await first.close();
    assert.ok(first.closed);
    assert.notEqual(sharedRuntime(), first);
    await (await sharedRuntime().open(product())).close();
  });

  it("uses the machine's cores unless told otherwise, and refuses zero threads", () => {
    assert.ok(threadCount() >= 1);
    assert.equal(threadCount(3), 3);
    assert.throws(() => threadCount(100_000), { argument: "threads" });
    assert.throws(() => threadCount(0), { name: "ArgumentError", argument: "threads" });
    assert.throws(() => threadCount(1.5), { name: "ArgumentError" });
  });
});
