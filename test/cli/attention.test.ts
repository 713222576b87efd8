import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { fixture, projectFile } from "../support/fixtures.js";
import { shoes } from "../support/pictures.js";
import { temporaryFolder } from "../support/temporary.js";

const run = promisify(execFile);

interface Failure extends Error {
  code: number;
  stderr: string;
}

describe("patchlab attention", () => {
  const folder = temporaryFolder();
  const attention = (...args: string[]) =>
    run(process.execPath, [projectFile("dist/cli/main.js"), "attention", ...args], { cwd: folder() });
  const fails = (code: number, message: RegExp, ...args: string[]) =>
    assert.rejects(attention(...args), (error: Failure) => {
      assert.equal(error.code, code, error.stderr);
      assert.match(error.stderr, message);
      assert.doesNotMatch(error.stderr, /^\s+at /m, "a stack trace");
      return true;
    });
  const registers = ["--model", fixture("models/dinov2-registers"), "--size", "84"];

  it("writes a page with the class token's attention, and leaves out what it cannot read", async () => {
    const { stdout } = await attention(
      shoes[0],
      "absent.jpg",
      shoes[1],
      ...registers,
      "--out",
      "deep/a.html",
      "--json",
    );
    const made = JSON.parse(stdout);
    assert.equal(made.page, join(folder(), "deep", "a.html"));
    assert.deepEqual([made.layer, made.rows, made.cols, made.token], [2, 6, 6, { kind: "cls" }]);
    assert.deepEqual(
      made.pictures.map((p: { name: string; heads: object[] }) => [p.name, p.heads.length]),
      [
        [shoes[0], 3],
        [shoes[1], 3],
      ],
    );
    assert.match(made.failed[0].error, /absent\.jpg/);
    const html = await readFile(made.page, "utf8");
    assert.match(
      html,
      /Attention of the class token, .* of 2 pictures, in block 2 \(counted from 0\) of dinov2-registers at 84 px/,
    );
  });

  it("shows one head of one patch in one block", async () => {
    const options = ["--from", "1,4", "--head", "2", "--layer", "0"];
    const { stdout } = await attention(shoes[0], ...registers, ...options, "--json");
    const { layer, token, pictures } = JSON.parse(stdout);
    assert.deepEqual([layer, token], [0, { kind: "patch", row: 1, column: 4 }]);
    const [{ heads, massOn }] = pictures;
    assert.deepEqual([heads.length, heads[0].head], [1, 2]);
    assert.ok(heads[0].patchShare > 0 && heads[0].patchShare <= 1 && heads[0].largest <= heads[0].patchShare);
    assert.ok(massOn > 0 && massOn < 1);
    const text = await attention(shoes[0], ...registers, ...options);
    assert.match(
      text.stdout,
      /^60 % of the attention to patches lies on \d+ % of them\.\nOpen file:.*attention\.html\n$/,
    );
  });

  it("exits with 1 and one sentence that names the models with attention where a model has none", async () => {
    await fails(
      1,
      /^patchlab: model efficientnet-lite0 .* has no attention: give one of the DINO, DINOv2,.* such as --model dinov2-small$/m,
      shoes[0],
    );
  });

  it("exits with 1 for heads, blocks, patches and pictures that are not there", async () => {
    await fails(1, /head is 3: this model has heads 0 to 2/, shoes[0], ...registers, "--head", "3");
    await fails(1, /attention\.layer is 3: this model has blocks 0 to 2/, shoes[0], ...registers, "--layer", "3");
    await fails(1, /names the patch \[6,0\]: the picture has 6 rows/, shoes[0], ...registers, "--from", "6,0");
    await fails(1, /absent\.jpg/, "absent.jpg", ...registers);
  });

  it("exits with 2 when it is used wrongly", async () => {
    await fails(2, /missing required argument/);
    await fails(2, /row and column/, shoes[0], "--from", "7");
    await fails(2, /row and column/, shoes[0], "--from", "-1,2");
    await fails(2, /whole number/, shoes[0], "--head", "1.5");
    await fails(2, /whole number/, shoes[0], "--layer", "last");
    await fails(2, /name of a picture/, shoes[0], "--out", "a.jpg");
  });
});
