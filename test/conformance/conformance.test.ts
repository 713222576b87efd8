/** The Jupyter project's own test of kernels asks ours everything that it can ask, optional parts included. */
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { projectFile } from "../support/fixtures.js";
import { jupyterPython } from "../support/jupyter.js";

interface Part {
  status: "passed" | "failed" | "skipped";
  reason: string;
}

const sentences: Record<string, string> = {
  test_kernel_info: "says which language and protocol it speaks",
  test_execute_stdout: "prints to standard output",
  test_execute_stderr: "prints to standard error",
  test_execute_result: "gives a cell's value as its result",
  test_display_data: "shows rich output",
  test_clear_output: "clears output",
  test_error: "reports what a cell throws as an error",
  test_completion: "completes after a dot",
  test_inspect: "tells about the name at the cursor",
  test_is_complete: "knows complete, incomplete and invalid code",
  test_history: "gives history by tail, range and search",
  test_pager: "sends text to the pager",
  test_recv_iopub_welcome_msg: "welcomes a subscriber",
};

const listParts = `
import json, jupyter_kernel_test as t
cases = [t.KernelTests, t.IopubWelcomeTests]
print(json.dumps([name for case in cases for name in dir(case) if name.startswith("test")]))`;

/** It ends with 1 where a part failed, and prints its answers all the same. */
function askKernel(python: string): Promise<Record<string, Part>> {
  const [script, env] = [projectFile("scripts/conformance.mjs"), { ...process.env, PATCHLAB_PYTHON: python }];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [script, "--json"], { env }, (_, stdout, stderr) => {
      try {
        resolve(JSON.parse(stdout)[0].parts);
      } catch {
        reject(new Error(`the kernel could not be asked: ${stderr}`));
      }
    });
  });
}

describe("the kernel under jupyter_kernel_test", function () {
  this.timeout(300_000);
  const python = jupyterPython();
  let parts: Record<string, Part> = {};

  before(async () => {
    parts = await askKernel(python());
  });

  it("is asked every part that there is", () => {
    const all = JSON.parse(execFileSync(python(), ["-c", listParts], { encoding: "utf8" }));
    assert.deepEqual(Object.keys(parts).sort(), all.sort());
    assert.deepEqual(Object.keys(sentences).sort(), all);
  });

  it("is described in the docs as it is", async () => {
    const { partNames } = await import(projectFile("scripts/conformance-page.mjs"));
    const rows = readFileSync(projectFile("docs/kernel-conformance.md"), "utf8").split("\n");
    for (const part of Object.keys(sentences)) {
      const row = rows.find((line) => line.startsWith(`| ${partNames[part]} | `));
      const [, , ours] = row?.split("|").map((cell) => cell.replaceAll(/[ *]/g, "")) ?? [];
      assert.equal(ours, parts[part]?.status, part);
    }
  });

  for (const [part, sentence] of Object.entries(sentences)) {
    it(sentence, () => assert.equal(parts[part]?.status, "passed", parts[part]?.reason));
  }
});
