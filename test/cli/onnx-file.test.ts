/** A network that is one ONNX file, through the commands that take a model. */
import assert from "node:assert/strict";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commandLine } from "../support/command-line.js";
import { fixture } from "../support/fixtures.js";
import { backboneFile, weights } from "../support/onnx-graphs.js";
import { picture } from "../support/pictures.js";
import { temporaryFolder } from "../support/temporary.js";

describe("the commands with an ONNX file as --model", () => {
  const folder = temporaryFolder();
  const patchlab = commandLine(folder);

  before(async () => {
    await mkdir(join(folder(), "pictures"));
    for (const kind of ["hat", "shoes"])
      for (const i of [1, 2])
        await cp(picture(`clothing/${kind}/${kind}-0${i}`), join(folder(), "pictures", `${kind} ${i}.jpg`));
    await cp(fixture("exports/resnet/logits.onnx"), join(folder(), "tiny.onnx"));
    // 56 x 56 cells of 4 pixels become one vector without being pooled
    const bytes = backboneFile({
      outputs: (g, map) =>
        g.output("vector", g.op("Flatten", [g.op("Conv", [map, weights(g, "w", [2, 5, 56, 56])])]), "float32", [
          "n",
          2,
        ]),
    });
    await writeFile(join(folder(), "no map.onnx"), bytes);
  });

  it("embed fills a store that search and search --region look through", async () => {
    const embedded = await patchlab.run("embed", "pictures", "--model", "tiny.onnx", "--store", "a.patchlab", "--json");
    assert.equal(JSON.parse(embedded.stdout).added, 4);
    assert.match(
      (await patchlab.run("info", "a.patchlab")).stdout,
      /tiny \([0-9a-f]{8}\) {2}4 vectors of 12 numbers, at 224 x 224/,
    );
    const query = join("pictures", "hat 1.jpg");
    const { stdout } = await patchlab.run("search", "a.patchlab", query, "-k", "2");
    assert.equal(stdout.trim().split("\n").length, 2);
    const region = await patchlab.run("search", "a.patchlab", query, "--region", "80,80,100,100", "--json");
    assert.equal(JSON.parse(region.stdout).queries[0].hits.length, 3);
  });

  it("a network without a map fills one too, and says what it cannot do", async () => {
    await patchlab.run("embed", "pictures", "--model", "no map.onnx", "--store", "b.patchlab");
    const query = join("pictures", "hat 1.jpg");
    const { stdout } = await patchlab.run("search", "b.patchlab", query, "-k", "3");
    assert.equal(stdout.trim().split("\n").length, 3);
    await patchlab.fails(
      1,
      /region needs patches, which no map does not give/,
      "search",
      "b.patchlab",
      query,
      "--region",
      "80,80,100,100",
    );
    await patchlab.fails(
      1,
      /a model whose patchDim is 0 gives none/,
      "patches",
      query,
      "--model",
      "no map.onnx",
      "--size",
      "224",
      "--out",
      "p.html",
    );
  });

  it("attention and verify say that it is not for them", async () => {
    const query = join("pictures", "hat 1.jpg");
    await Promise.all([
      patchlab.fails(1, /tiny is no vision transformer/, "attention", query, "--model", "tiny.onnx"),
      patchlab.fails(1, /tiny\.onnx: is one ONNX file: give the model's folder/, "verify", "tiny.onnx"),
    ]);
  });
});
