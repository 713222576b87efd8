/** How the command line ends when it is stopped from outside: never by an abort of the thread that runs the network. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { projectFile } from "../support/fixtures.js";
import { temporaryFolder } from "../support/temporary.js";

interface Ended {
  code: number | null;
  signal: string | null;
  stderr: string;
}

describe("the command line, stopped from outside", function () {
  if (process.platform === "win32") return;
  this.timeout(60_000);
  const folder = temporaryFolder();

  function start(args: string[], nodeArgs: string[] = []): { child: ChildProcess; ended: Promise<Ended> } {
    const all = [...nodeArgs, projectFile("dist/cli/main.js"), ...args];
    const child = spawn(process.execPath, all, { cwd: folder(), stdio: ["ignore", "pipe", "pipe"] });
    let stderr = "";
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    return { child, ended: once(child, "close").then(([code, signal]) => ({ code, signal, stderr })) };
  }

  /** The model is loaded: pictures run through it now. */
  async function networkRuns(child: ChildProcess): Promise<void> {
    for await (const [text] of on(child)) if (text.includes("Loading")) break;
    await setTimeout(300);
  }

  async function* on(child: ChildProcess): AsyncGenerator<[string]> {
    for (;;) yield (await once(child.stderr!, "data")) as [string];
  }

  const stopped = /^(✓ .*\n)*patchlab: The job was stopped before it was done\.\n$/;

  it("ends with one sentence and exit code 130 at the first Ctrl-C", async () => {
    const { child, ended } = start(["demo"]);
    await networkRuns(child);
    child.kill("SIGINT");
    const { code, signal, stderr } = await ended;
    assert.deepEqual([code, signal], [130, null], stderr);
    assert.match(stderr, stopped);
  });

  it("ends by the signal at the second Ctrl-C, or with 130 when it was done before", async () => {
    const { child, ended } = start(["demo"]);
    await networkRuns(child);
    child.kill("SIGINT");
    await setTimeout(20);
    child.kill("SIGINT");
    const { code, signal, stderr } = await ended;
    assert.ok(signal === "SIGINT" || code === 130, `${code} ${signal} ${stderr}`);
    assert.doesNotMatch(stderr, /terminate|Error/);
  });

  it("ends with 130 when a cell of a notebook never does", async () => {
    const cell = {
      cell_type: "code",
      id: "a",
      execution_count: null,
      metadata: {},
      outputs: [],
      source: "for (;;) {}",
    };
    const text = JSON.stringify({ cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 });
    await writeFile(join(folder(), "endless.ipynb"), text);
    const { child, ended } = start(["run", "endless.ipynb"]);
    await setTimeout(2500);
    child.kill("SIGINT");
    const { code, stderr } = await ended;
    assert.equal(code, 130, stderr);
    assert.match(stderr, stopped);
  });

  it("reports an error that nothing caught and ends with 1, though a network runs", async () => {
    const thrower = join(folder(), "throw.mjs");
    await writeFile(thrower, 'setTimeout(() => { throw new RangeError("from nowhere") }, 1200).unref();');
    const { ended } = start(["demo"], ["--import", thrower]);
    const { code, signal, stderr } = await ended;
    assert.deepEqual([code, signal], [1, null], stderr);
    assert.equal(stderr.match(/RangeError: from nowhere/g)?.length, 1);
    assert.doesNotMatch(stderr, /terminate/);
  });

  it("ends well when nobody reads its report", async () => {
    const { child, ended } = start(["bench", "--help"]);
    child.stdout!.destroy();
    assert.deepEqual(await ended, { code: 0, signal: null, stderr: "" });
  });
});
