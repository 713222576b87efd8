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
    for (const name of [
      "demo",
      "embed",
      "search",
      "info",
      "export",
      "import",
      "patches",
      "attention",
      "models",
      "pull",
      "verify",
      "run",
      "kernel",
      "bench",
    ])
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

  it("demo leaves out what two pictures are too few for, and says so on the page and the terminal", async () => {
    const images = join(folder(), "two");
    await mkdir(images);
    for (const [i, path] of shoes.slice(0, 2).entries())
      await writeFile(join(images, `${i}.jpg`), await readFile(path));
    const out = join(folder(), "two.html");
    const { stdout } = await patchlab("demo", "--images", images, "--model", fixture("models/dinov2"), "--out", out);
    assert.match(stdout, /left out: the section "The whole collection", since .* a map: it needs 3 or more, not 2/);
    const html = await readFile(out, "utf8");
    assert.match(html, /<h2>The whole collection<\/h2><p>Left out: [^<]*3 or more, not 2\.<\/p>/);
    assert.equal(html.match(/Left out:/g)?.length, 1);
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
    await fails(1, /^patchlab: absent\.json: /, "patches", "absent.jpg", "--recipe", "absent.json");
  });

  it("refuses, before any work, to write over a picture, what it reads or another of its results", async () => {
    const [copy, recipe] = [join(folder(), "copy"), join(folder(), "r.json")];
    await writeFile(copy, await readFile(shoes[0]));
    await writeFile(recipe, "{}");
    await fails(2, /--out is .*shoes-01\.jpg, the name of a picture/, "patches", shoes[1], "--out", shoes[0]);
    await fails(2, /--out is copy, which is one of the files to read/, "patches", copy, "--out", "copy");
    await fails(2, /--save-recipe is x, which is --out too/, "patches", copy, "--out", "x", "--save-recipe", "x");
    await fails(2, /--out is r\.json/, "patches", copy, "--recipe", recipe, "--out", "r.json");
    await fails(1, /is a folder/, "demo", "--out", folder());
    await fails(1, /takes no files/, "patches", copy, "--out", join(copy, "page.html"));
    assert.deepEqual(await readFile(copy), await readFile(shoes[0]));
  });

  it("exits with 2 when it is used wrongly", async () => {
    await fails(2, /empty/, "demo", "--images", "");
    await fails(2, /unknown command/, "embroider");
    await fails(2, /unknown option/, "demo", "--colour");
    await fails(2, /missing required argument/, "patches");
    await fails(2, /whole number/, "patches", shoes[0], "--size", "big");
    await fails(2, /0 to 1/, "patches", shoes[0], "--threshold", "7");
    await fails(2, /--recipe .*--threshold/, "patches", shoes[0], "--recipe", "a.json", "--threshold", "zero");
    await fails(2, /--recipe .*--foreground/, "patches", shoes[0], "--recipe", "a.json", "--foreground", "low");
    await fails(2, /--timeout .*abc/, "run", "a.ipynb", "--timeout", "abc");
    await fails(2, /--timeout/, "run", "a.ipynb", "--timeout", "0");
    await fails(2, /speed.*umap/, "bench", "speed");
    await fails(2, /--sys-prefix.*--prefix/, "kernel", "install", "--sys-prefix", "--prefix", "a");
  });
});
