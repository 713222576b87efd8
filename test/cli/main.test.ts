import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { fixture, projectFile } from "../support/fixtures.js";
import { shoes } from "../support/pictures.js";
import { temporaryFolder } from "../support/temporary.js";

const run = promisify(execFile);

interface Failure extends Error {
  code: number;
  stdout: string;
  stderr: string;
}

describe("the command line", () => {
  const folder = temporaryFolder();
  const patchlab = (...args: string[]) =>
    run(process.execPath, [projectFile("dist/cli/main.js"), ...args], { cwd: folder() });
  const fails = (code: number, message: RegExp, ...args: string[]) =>
    assert.rejects(patchlab(...args), (error: Failure) => {
      assert.equal(error.code, code, error.stderr);
      assert.match(error.stderr, message);
      assert.doesNotMatch(error.stderr, /^\s+at /m, "a stack trace");
      return true;
    });

  it("lists its commands", async () => {
    const { stdout } = await patchlab("--help");
    for (const name of ["demo", "patches", "run", "kernel", "bench"])
      assert.match(stdout, new RegExp(`^  ${name} `, "m"));
  });

  it("demo writes one page from a folder and a DINOv2 checkpoint of one's own, and names what it left out", async () => {
    const images = join(folder(), "meine bilder");
    await mkdir(images);
    for (const [i, path] of shoes.entries()) await writeFile(join(images, `shoe ${i}.jpg`), await readFile(path));
    await writeFile(join(images, "notes.jpg"), "text");
    const { stdout } = await patchlab("demo", "--json", "--images", images, "--model", fixture("models/dinov2"));
    const made = JSON.parse(stdout);
    assert.deepEqual([made.pictures, made.kind, made.failed.length], [4, "meine bilder", 1]);
    assert.equal(made.page, join(folder(), "quickstart.html"));
    const html = await readFile(made.page, "utf8");
    assert.match(html, /notes\.jpg/);
    assert.doesNotMatch(html, /(src|href)="https?:/);
  });

  it("patches writes a page and a recipe, which gives the same threshold to other pictures", async () => {
    const out = join(folder(), "deep", "maps.html");
    const recipe = join(folder(), "shoes.json");
    const common = ["--json", "--size", "320", "--out", out];
    const first = JSON.parse((await patchlab("patches", ...shoes, ...common, "--save-recipe", recipe)).stdout);
    assert.equal(first.pictures.length, 4);
    assert.ok(first.foregroundShare > 0.02 && first.foregroundShare < 0.98);
    assert.ok((await stat(out)).size > 10_000);
    const second = JSON.parse((await patchlab("patches", shoes[0], ...common, "--recipe", recipe)).stdout);
    assert.ok(Math.abs(second.pictures[0].foregroundShare - first.pictures[0].foregroundShare) < 1e-6);
  });

  it("exits with 1 and one sentence when the job fails", async () => {
    await fails(1, /^patchlab: nowhere: /m, "demo", "--images", "nowhere");
    await fails(1, /"no-such-model"/, "demo", "--model", "no-such-model");
    await fails(1, /absent\.jpg/, "patches", "absent.jpg");
    await fails(1, /absent\.ipynb/, "run", "absent.ipynb");
    await fails(1, /"speed"/, "bench", "speed");
  });

  it("exits with 2 when it is used wrongly", async () => {
    await fails(2, /unknown command/, "embroider");
    await fails(2, /unknown option/, "demo", "--colour");
    await fails(2, /missing required argument/, "patches");
    await fails(2, /whole number/, "patches", shoes[0], "--size", "big");
    await fails(2, /0 to 1/, "patches", shoes[0], "--threshold", "7");
  });
});
