/** The command line as a process of its own, in a folder. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { projectFile } from "./fixtures.js";

const run = promisify(execFile);

interface Failure extends Error {
  code: number;
  stdout: string;
  stderr: string;
}

export interface CommandLine {
  run(...args: string[]): Promise<{ stdout: string; stderr: string }>;
  /** Fails unless it ends with this exit code, a sentence that matches, and no stack trace. */
  fails(code: number, message: RegExp, ...args: string[]): Promise<void>;
}

export function commandLine(folder: () => string): CommandLine {
  const patchlab = (...args: string[]) =>
    run(process.execPath, [projectFile("dist/cli/main.js"), ...args], { cwd: folder() });
  return {
    run: patchlab,
    fails: (code, message, ...args) =>
      assert.rejects(patchlab(...args), (error: Failure) => {
        assert.equal(error.code, code, error.stderr);
        assert.match(error.stderr, message);
        assert.doesNotMatch(error.stderr, /^\s+at /m, "a stack trace");
        return true;
      }),
  };
}
