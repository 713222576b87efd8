import assert from "node:assert/strict";
import { mkdir, realpath, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CheckpointError } from "#dist/core/errors.js";
import { fileInModelFolder } from "#dist/core/model-file.js";
import { temporaryFolder } from "../support/temporary.js";

describe("fileInModelFolder", () => {
  const folder = temporaryFolder();
  let model: string;
  let snapshot: string;
  let repository: string;

  before(async () => {
    model = join(folder(), "model");
    await mkdir(join(model, "onnx"), { recursive: true });
    await writeFile(join(model, "config.json"), "{}");
    await writeFile(join(model, "onnx", "model.onnx"), "x");
    await writeFile(join(folder(), "secret"), "x");
    repository = join(folder(), "hub", "models--a--b");
    snapshot = join(repository, "snapshots", "ed25f3a31f01632728cabb09d1542f84ab7b0056");
    await mkdir(join(snapshot, "onnx"), { recursive: true });
    await mkdir(join(repository, "blobs"));
    await writeFile(join(repository, "blobs", "1234"), "x");
    await writeFile(join(repository, "note"), "x");
  });

  const refused = (name: string, message: RegExp, from = model) =>
    assert.rejects(fileInModelFolder(from, name), (e: Error) => {
      assert.ok(e instanceof CheckpointError, String(e));
      assert.match(e.message, message);
      assert.equal(e.path, join(from, name));
      return true;
    });

  it("gives the file itself, also below the folder and through a folder that is a link", async () => {
    assert.equal(await fileInModelFolder(model, "onnx/model.onnx"), await realpath(join(model, "onnx", "model.onnx")));
    await symlink(model, join(folder(), "link"));
    assert.equal(
      await fileInModelFolder(join(folder(), "link"), "config.json"),
      await realpath(join(model, "config.json")),
    );
  });

  it("follows a snapshot's links to the blobs of its own repository in the Hub's cache", async () => {
    await symlink("../../blobs/1234", join(snapshot, "config.json"));
    await symlink("../../../blobs/1234", join(snapshot, "onnx", "model.onnx"));
    const blob = await realpath(join(repository, "blobs", "1234"));
    assert.equal(await fileInModelFolder(snapshot, "config.json"), blob);
    assert.equal(await fileInModelFolder(snapshot, "onnx/model.onnx"), blob);
    assert.equal(await fileInModelFolder(join(snapshot, "onnx"), "model.onnx"), blob);
  });

  it("refuses a snapshot's link to anything else than blobs of its own repository", async () => {
    const other = join(folder(), "hub", "models--c--d", "blobs");
    await mkdir(other, { recursive: true });
    await writeFile(join(other, "5678"), "x");
    await symlink("../../note", join(snapshot, "note"));
    await symlink(join(other, "5678"), join(snapshot, "other"));
    await symlink("../../blobs/out", join(snapshot, "out"));
    await symlink(join(folder(), "secret"), join(repository, "blobs", "out"));
    for (const name of ["note", "other", "out"]) await refused(name, /leads out/, snapshot);
  });

  it("refuses a link or a name that leads out of a plain folder, even to one with a longer name", async () => {
    await symlink(join(folder(), "secret"), join(model, "secret"));
    await symlink(folder(), join(model, "up"));
    await mkdir(join(folder(), "model-2"));
    await writeFile(join(folder(), "model-2", "file"), "x");
    for (const name of ["secret", "up/secret", "../secret", "../model-2/file"]) await refused(name, /leads out/);
  });

  it("refuses what is missing, a broken link, a loop, a folder and a name with a zero byte", async () => {
    await symlink("nothing", join(model, "broken"));
    await symlink("loop", join(model, "loop"));
    for (const name of ["none", "broken", "loop", "config.json/x", "zero\0"]) await refused(name, /is missing/);
    await refused("onnx", /is no file/);
  });
});
