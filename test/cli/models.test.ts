import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { catalogue } from "#dist/core/model/catalogue.js";
import { projectFile } from "../support/fixtures.js";
import { temporaryFolder } from "../support/temporary.js";

describe("patchlab models", () => {
  const folder = temporaryFolder();
  const models = (...args: string[]) =>
    execFileSync(process.execPath, [projectFile("dist/cli/main.js"), "models", ...args], {
      encoding: "utf8",
      env: { ...process.env, HF_HUB_CACHE: folder() },
    });

  before(() => {
    const repository = join(folder(), "models--facebook--dinov2-base");
    const snapshot = join(repository, "snapshots", "a".repeat(40));
    for (const path of [snapshot, join(repository, "refs")]) mkdirSync(path, { recursive: true });
    writeFileSync(join(repository, "refs", "main"), "a".repeat(40));
    for (const name of ["config.json", "model.safetensors"]) writeFileSync(join(snapshot, name), "");
  });

  it("has one line a model that says what is known of it and whether it is on this disk", () => {
    const lines = models().split("\n");
    for (const { name } of catalogue)
      assert.equal(lines.filter((line) => line.startsWith(`  ${name} `)).length, 1, name);
    const line = (name: string) =>
      lines
        .find((text) => text.startsWith(`  ${name} `))!
        .trim()
        .split(/ {2,}/);
    assert.deepEqual(line("dinov2-base"), ["dinov2-base", "86 M", "768", "14 px", "346 MB", "82.1", "84.5", "yes"]);
    assert.deepEqual(line("dinov3-vitl16").slice(4), ["1.21 GB", "–", "90.2*", "no"]);
    assert.equal(line("efficientnet-lite0").at(-1), "yes, bundled");
  });

  it("fits into 100 columns, the cache's path aside, and names papers, licences, the gate and sources", () => {
    const text = models();
    for (const line of text.replace(folder(), "").split("\n")) assert.ok(line.length <= 100, line);
    for (const { paper, licence, accuracy } of catalogue)
      for (const part of [paper.title, `arXiv:${paper.arxiv}`, licence, accuracy.source])
        assert.ok(text.includes(part), part);
    assert.match(text, /DINOv3 License, to be accepted on the Hub first/);
    assert.match(text, /npx patchlab pull dinov2-small/);
    assert.match(text, /Python finds them too: .*\n\(dino-vits16, dino-vitb16 with revision=<commit>/);
  });

  it("prints the catalogue as JSON, with folders", () => {
    const listed = JSON.parse(models("--json"));
    assert.equal(listed.length, catalogue.length);
    const { folder: found, onDisk, ...entry } = listed.find(({ name }: { name: string }) => name === "dinov2-base");
    assert.deepEqual(entry, JSON.parse(JSON.stringify(catalogue.find(({ name }) => name === "dinov2-base"))));
    assert.deepEqual([onDisk, found.startsWith(folder())], [true, true]);
    assert.equal(listed.filter((model: { onDisk: boolean }) => model.onDisk).length, 2);
  });
});
