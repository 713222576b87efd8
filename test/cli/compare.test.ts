import assert from "node:assert/strict";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { clothes } from "../support/clothing.js";
import { commandLine } from "../support/command-line.js";
import { fixture } from "../support/fixtures.js";
import { temporaryFolder } from "../support/temporary.js";

const kinds = ["dress", "pants", "shoes"];
const untrained = fixture("models/dinov2");

describe("patchlab compare FOLDER", function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  const shell = commandLine(folder);
  const quick = ["--head", "centroid", "--folds", "3", "--no-curves"];

  before(async () => {
    const { pictures, labels } = clothes(kinds, 6);
    for (const [i, path] of pictures.entries()) {
      const below = join(folder(), "clothes", labels[i]);
      await mkdir(below, { recursive: true });
      await cp(path, join(below, basename(path)));
    }
    await writeFile(join(folder(), "clothes/shoes/torn.jpg"), "no picture");
    await mkdir(join(folder(), "one kind/hat"), { recursive: true });
    await cp(pictures[0], join(folder(), "one kind/hat/hat.jpg"));
    await cp(pictures[1], join(folder(), "one kind/hat/other.jpg"));
  });

  it("prints a table, what the test says of the two, the checks, and writes a page", async () => {
    const models = ["--model", "efficientnet-lite0", "--model", untrained];
    const { stdout } = await shell.run(
      "compare",
      "clothes",
      ...models,
      "--head",
      "knn",
      ...quick,
      "--out",
      "page.html",
    );
    assert.match(stdout, /^ {2}left out: .*torn\.jpg/);
    assert.match(stdout, /18 pictures of 3 classes/);
    assert.match(stdout, /^model +head +accuracy +95 % interval +balanced accuracy$/m);
    assert.match(stdout, /^efficientnet-lite0 +k-NN +\d+ % +\d+ % to \d+ %/m);
    assert.match(stdout, /^dinov2 +nearest centroid +\d+ %/m);
    assert.match(stdout, /With k-NN: .*efficientnet-lite0 .*dinov2.*\bp\s[=<]/);
    assert.equal(stdout.match(/^✓ /gm)?.length, 9);
    const page = await readFile(join(folder(), "page.html"), "utf8");
    assert.match(page, /<h1>2 models compared<\/h1>/);
  });

  it("prints nothing but JSON with --json, the same for the same seed", async () => {
    const command = ["compare", "clothes", "--model", "efficientnet-lite0", ...quick, "--json"];
    const [first, second] = await Promise.all([shell.run(...command), shell.run(...command)]);
    assert.equal(first.stderr, "");
    assert.equal(first.stdout, second.stdout);
    const { entries, pictures, checks, failed, classes } = JSON.parse(first.stdout);
    assert.deepEqual(classes, kinds);
    assert.equal(pictures.length, 18);
    assert.equal(entries[0].report.rows, 18);
    assert.ok(entries[0].report.correct > 9);
    assert.ok(checks.every(({ passed }: { passed: boolean }) => passed));
    assert.match(failed[0].error, /torn\.jpg/);
  });

  it("takes every known model on this disk where none is named, and says that one is no comparison", async () => {
    const { stdout } = await shell.run("compare", "clothes", ...quick);
    assert.match(stdout, /^efficientnet-lite0 /m);
    assert.match(stdout, /One model is no comparison|Not told apart|is better than/);
  });

  it("tells models of one name apart by their paths", async () => {
    for (const below of ["a", "b"]) await cp(untrained, join(folder(), below, "vit"), { recursive: true });
    const { stdout } = await shell.run("compare", "clothes", "--model", "a/vit", "--model", "b/vit", ...quick);
    assert.match(stdout, /^a\/vit +nearest centroid/m);
    assert.match(stdout, /are right, and wrong, on the same pictures/);
  });

  it("fails with one sentence and exit code 1 where the pictures or a model do not do", async () => {
    const failed = (message: RegExp, ...args: string[]) => shell.fails(1, message, "compare", ...args);
    await Promise.all([
      failed(/one class|two classes|fewer than two/i, "one kind", "--model", untrained),
      failed(/no such folder/, "nowhere"),
      failed(/neither a folder nor a known name/, "clothes", "--model", "resnet-of-mine"),
      failed(/names a model twice/, "clothes", "--model", untrained, "--model", untrained),
      failed(/folds/, "clothes", "--model", untrained, "--folds", "40"),
    ]);
  });

  it("is used wrongly, exit code 2, with heads that are none and results that would replace a picture", async () => {
    const wrong = (message: RegExp, ...args: string[]) => shell.fails(2, message, "compare", ...args);
    await Promise.all([
      wrong(/Allowed choices are/, "clothes", "--head", "tree"),
      wrong(/the name of a picture/, "clothes", "--out", "clothes/hat.jpg"),
      wrong(/missing required argument/),
    ]);
  });
});
