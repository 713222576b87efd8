import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { installKernel } from "#dist/kernel/install.js";
import { JupyterClient, type Message } from "../support/jupyter-client.js";
import { temporaryFolder } from "../support/temporary.js";

function printed(published: Message[], name: string): string {
  const streams = published.filter(({ type, content }) => type === "stream" && content.name === name);
  return streams.map(({ content }) => content.text).join("");
}

describe("the kernel that Jupyter starts", () => {
  const folder = temporaryFolder();
  let argv: string[];
  let client: JupyterClient;

  before(async () => {
    const { path } = await installKernel({ prefix: folder() });
    argv = JSON.parse(readFileSync(join(path, "kernel.json"), "utf8")).argv;
    client = await JupyterClient.start(argv, folder());
  });

  after(() => client.close());

  it("delivers every one of 5,000 lines that a loop prints without a pause", async () => {
    const { reply, published } = await client.execute('for (let i = 0; i < 5000; i++) console.log("line " + i);');
    assert.equal(reply.content.status, "ok");
    const expected = Array.from({ length: 5000 }, (_, i) => `line ${i}\n`).join("");
    assert.equal(printed(published, "stdout"), expected);
  });

  it("sends a bundle of several types as one display_data message, bytes as base64", async () => {
    const { published } = await client.execute(`
      const hook = (globalThis as any)[Symbol.for("patchlab.display")];
      hook({ "text/html": "<b>ü</b>", "image/png": new Uint8Array([137, 80, 78, 71]), "text/plain": "ü" });`);
    const shown = published.filter(({ type }) => type === "display_data").map(({ content }) => content.data);
    assert.deepEqual(shown, [{ "text/html": "<b>ü</b>", "image/png": "iVBORw==", "text/plain": "ü" }]);
  });

  it("imports the package that it belongs to, with its types, in a folder that has no copy", async () => {
    const { reply, published } = await client.execute(`
      import { seededRandom } from "patchlab";
      const first: number = seededRandom(0)();
      const again = await import("patchlab");
      first === again.seededRandom(0)()`);
    assert.equal(printed(published, "stderr"), "");
    assert.equal(printed(published, "stdout"), "true\n");
    assert.equal(reply.content.status, "ok");
  });

  it("answers a cell that throws with status error and goes on", async () => {
    const failed = await client.execute('throw new Error("on purpose");');
    assert.equal(failed.reply.content.status, "error");
    assert.match(printed(failed.published, "stderr"), /on purpose/);
    // tslab refuses what comes right after an error
    let next = await client.execute('"still here"');
    while (next.reply.content.status === "abort") {
      await setTimeout(50);
      next = await client.execute('"still here"');
    }
    assert.equal(printed(next.published, "stdout"), "still here\n");
  });

  it("ends on a shutdown request though a timer and a worker thread are still at work", async () => {
    await client.execute(`
      import { Worker } from "worker_threads";
      const worker = new Worker("setInterval(() => {}, 1000)", { eval: true });
      setInterval(() => undefined, 1000);`);
    await client.shutdown();
    // by its own hand: ending threads in order can abort the process
    assert.equal(client.kernel.signalCode, "SIGKILL");
  });

  it("says what is missing when it is started by hand", () => {
    const [node, main] = argv as [string, string];
    const without = spawnSync(node, [main], { encoding: "utf8" });
    assert.equal(without.status, 2);
    assert.match(without.stderr, /kernel install/);
    const missing = spawnSync(node, [main, join(folder(), "none.json")], { encoding: "utf8" });
    assert.equal(missing.status, 1);
    assert.match(missing.stderr, /none\.json: the connection file cannot be read/);
  });
});
