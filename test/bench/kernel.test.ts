import assert from "node:assert/strict";
import { KernelClient } from "#dist/bench/kernel-client.js";
import { PatchlabError } from "#dist/core/errors.js";
import { projectFile } from "../support/fixtures.js";

describe("the kernel benchmark's client", function () {
  this.timeout(60_000);
  let client: KernelClient;

  before(async () => {
    client = await KernelClient.start([process.execPath, projectFile("dist/kernel/main.js"), "{connection_file}"]);
    await client.ready();
  });

  after(() => client.close());

  it("waits for a cell until it is done", async () => {
    const start = performance.now();
    await client.execute("await new Promise((done) => setTimeout(done, 300));");
    assert.ok(performance.now() - start >= 299);
  });

  it("refuses to time a cell that fails", async () => {
    await assert.rejects(client.execute('throw new Error("on purpose")'), (error: Error) => {
      return error instanceof PatchlabError && /execute_request with error: on purpose/.test(error.message);
    });
    await client.execute("1 + 1");
  });

  it("fails when the kernel ends without an answer", async () => {
    const dead = await KernelClient.start([process.execPath, "-e", "0", "{connection_file}"]);
    try {
      await assert.rejects(dead.ask("kernel_info_request", {}), /ended/);
    } finally {
      await dead.close();
    }
  });
});
