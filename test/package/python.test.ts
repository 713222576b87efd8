import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { projectFile } from "../support/fixtures.js";
import { temporaryFolder } from "../support/temporary.js";

describe("scripts/python.mjs", () => {
  const folder = temporaryFolder();

  before(() => {
    for (const file of ["scripts/python.mjs", "test/conformance/requirements.txt"]) {
      mkdirSync(join(folder(), file, ".."), { recursive: true });
      cpSync(projectFile(file), join(folder(), file));
    }
  });

  for (const [what, python] of [
    ["there is no Python", "no-such-python"],
    ["what is called Python is something else", process.execPath],
  ] as const) {
    it(`says in one sentence what to install when ${what}, and leaves nothing behind`, () => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder(), "scripts/python.mjs")], {
        encoding: "utf8",
        env: { ...process.env, PATCHLAB_PYTHON: python },
      });
      assert.equal(status, 1);
      assert.equal(stdout, "");
      const lines = stderr.trim().split("\n");
      assert.equal(lines.length, 1, stderr);
      assert.ok(lines[0]!.startsWith(`${python} cannot be used`), stderr);
      assert.match(lines[0]!, /install Python 3\.10 or newer/);
      assert.equal(existsSync(join(folder(), ".venv")), false);
    });
  }
});
