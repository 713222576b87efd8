/** The kernel as Jupyter's own client library finds it, the one that notebooks' servers use. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectFile } from "../support/fixtures.js";
import { jupyterPython, jupyterSurroundings } from "../support/jupyter.js";
import { temporaryFolder } from "../support/temporary.js";

interface Part {
  status: string;
  reason: string;
}

const sentences: Record<string, string> = {
  test_interrupt: "stops loops and endless waits by signal and by message, and keeps what was there",
  test_heartbeat: "beats while a cell loops",
  test_lines: "brings 100,000 lines complete and in order",
  test_input: "asks with prompt(), and refuses to where nobody can answer",
  test_queue: "aborts the cells that wait when one fails, and runs the next",
  test_late_error: "shows what a timer throws after its cell under that cell, and goes on",
  test_exit: "reports a cell that calls process.exit, and keeps everything",
  test_memory: "reports a cell that takes all memory, and goes on without its names",
  test_memory_of_worker: "reports a worker that runs out of memory as an error, and keeps everything",
  test_forgery: "does nothing that is signed with another key",
  test_restart: "starts anew, without what was there",
  test_shutdown: "ends by itself when it is asked to, though a timer still runs",
};

describe("the kernel under jupyter_client", function () {
  this.timeout(180_000);
  const python = jupyterPython();
  const folder = temporaryFolder();
  let parts: Record<string, Part> = {};

  before(async () => {
    const home = join(folder(), "home");
    await mkdir(home);
    const script = projectFile("test/conformance/front_end.py");
    // a cell that takes all memory is not to take the machine's
    const env = { ...jupyterSurroundings(home), NODE_OPTIONS: "--max-old-space-size=512" };
    const { stdout } = await promisify(execFile)(python(), [script, "patchlab"], { env });
    parts = JSON.parse(stdout).parts;
  });

  it("is asked all of this", () => assert.deepEqual(Object.keys(parts).sort(), Object.keys(sentences).sort()));

  for (const [part, sentence] of Object.entries(sentences)) {
    it(sentence, () => assert.equal(parts[part]?.status, "passed", parts[part]?.reason));
  }
});
