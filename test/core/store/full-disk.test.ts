/** Disks that are really full: small file systems in memory, where this machine lets us have them. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { embedFolder } from "#dist/core/collection/embed-folder.js";
import { StoreBusyError, StoreError } from "#dist/core/errors.js";
import { openStore } from "#dist/core/store/feature-store.js";
import { fakeModel, foundIn, vectorOf, writeFiles } from "../../support/stores.js";
import { temporaryFolder } from "../../support/temporary.js";

const pictures = 400;
const dim = 768;

describe("embedFolder into a store on a full disk", () => {
  const disks: string[] = [];
  // before the folder is removed that they lie in: hooks run in the order of their calls
  after(() => {
    // files of connections that were not collected are open still
    for (const disk of disks) spawnSync("umount", ["--lazy", disk]);
  });
  const folder = temporaryFolder();
  let root: string;
  before(() => {
    root = join(folder(), "pictures");
    writeFiles(root, Object.fromEntries(Array.from({ length: pictures }, (_, i) => [`${i}.jpg`, `picture ${i}`])));
  });

  function mounted(size: string): string | undefined {
    const disk = join(folder(), `disk ${disks.length}`);
    mkdirSync(disk);
    const options = ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", disk];
    if (process.platform !== "linux" || spawnSync("mount", options).status !== 0) return undefined;
    disks.push(disk);
    return disk;
  }

  const enlarge = (disk: string) => spawnSync("mount", ["-o", "remount,size=64m", disk]);

  const embed = (store: string) => embedFolder(root, { model: fakeModel({ dim }), store });

  const isFull = (e: Error) => {
    assert.ok(e instanceof StoreError && !(e instanceof StoreBusyError), e.stack);
    assert.match(e.message, /\.patchlab: cannot be written, since the disk is full: free some space and run again/);
    return true;
  };

  for (const kilobytes of [0, 16, 64, 200, 300, 1000, 1600, 2000])
    it(`says so, keeps what is done and goes on at once when there is room, from ${kilobytes} KB on`, async function () {
      const disk = mounted("2m");
      if (disk === undefined) return this.skip();
      const store = join(disk, "s.patchlab");
      const filler = join(disk, "filler");
      writeFileSync(filler, Buffer.alloc(2048 * 1024 - kilobytes * 1024));
      await assert.rejects(embed(store), isFull);
      await assert.rejects(embed(store), isFull);
      rmSync(filler);
      enlarge(disk);
      const opened = await embed(store);
      const { added, unchanged } = opened.report;
      assert.deepEqual([added + unchanged, opened.info().pictures.here], [pictures, pictures]);
      if (kilobytes >= 1000) assert.ok(unchanged > 0, "what was done before is lost");
      const found = await foundIn(opened, root);
      for (let i = 0; i < pictures; i++)
        assert.deepEqual(found.get(`${i}.jpg`), vectorOf(`picture ${i}`, "fake", dim), `${i}`);
      await opened.close();
    });

  it("can be searched while the disk is full", async function () {
    const disk = mounted("64m");
    if (disk === undefined) return this.skip();
    const store = join(disk, "s.patchlab");
    await (await embed(store)).close();
    try {
      writeFileSync(join(disk, "filler"), Buffer.alloc(2 ** 26));
    } catch {
      // as much as there is room for
    }
    const opened = await openStore(store);
    const index = await opened.index();
    const { queries } = await index.search(vectorOf("picture 5", "fake", dim), { k: 1 });
    assert.equal(queries[0].hits[0].picture?.name, join(root, "5.jpg"));
    await opened.close();
  });
});
