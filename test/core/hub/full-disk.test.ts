/** A disk that is really full: a small file system in memory, where this machine lets us have one. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FileError } from "#dist/core/errors.js";
import { pullRepository } from "#dist/core/hub/pull-repository.js";
import { hubVariables, sha256, testHub, withVariables } from "../../support/hub-server.js";
import { temporaryFolder } from "../../support/temporary.js";

describe("pullRepository on a full disk", () => {
  let disk: string | undefined;
  // before the folder is removed that it lies in: hooks run in the order of their calls
  after(() => {
    if (disk !== undefined) spawnSync("umount", [disk]);
  });
  const folder = temporaryFolder();
  const hub = testHub();
  const id = "facebook/dinov2-small";

  before(async function () {
    const path = join(folder(), "disk");
    await mkdir(path);
    const options = ["-t", "tmpfs", "-o", "size=2m", "tmpfs", path];
    if (process.platform !== "linux" || spawnSync("mount", options).status !== 0) this.skip();
    disk = path;
  });

  it("names the disk, keeps what has come, and goes on from there when there is room again", async () => {
    const weights = Buffer.alloc(1_500_000, 7);
    hub().repositories[id].files["model.safetensors"] = weights;
    const filler = join(disk!, "filler");
    const half = 500_000;
    hub().answer = (seen, response) => {
      if (seen.at === "hub" || seen.count > 0) return;
      response.writeHead(200, { "content-length": weights.length });
      response.write(weights.subarray(0, half));
      // another program takes the room that was there when the download began
      setTimeout(async () => {
        await writeFile(filler, Buffer.alloc(2_000_000)).catch(() => {});
        response.end(weights.subarray(half));
      }, 200);
    };
    const pull = () => withVariables(hubVariables(hub(), disk!), () => pullRepository(id, { retryDelay: 1 }));
    await assert.rejects(pull(), (error: Error) => {
      assert.ok(error instanceof FileError, error.stack);
      assert.match(error.message, /^.*models--facebook--dinov2-small: the disk is full \(ENOSPC\): free some space/);
      return true;
    });
    const partial = `${sha256(weights)}.patchlab.incomplete`;
    const { size } = await stat(join(disk!, "hub", "models--facebook--dinov2-small", "blobs", partial));
    assert.ok(size >= half && size < weights.length, String(size));
    await assert.rejects(pull(), /are to come and .* are free/);
    await writeFile(filler, "");
    const { files } = await pull();
    assert.equal(files.at(-1)?.bytes, weights.length);
    assert.equal(hub().requests.at(-1)?.headers.range, `bytes=${size}-`);
  });
});
