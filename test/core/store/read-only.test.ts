/** Stores that nothing can be written into: on a disk that is read-only, and without permission. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { embedFolder } from "#dist/core/collection/embed-folder.js";
import { StoreBusyError, StoreError } from "#dist/core/errors.js";
import { row } from "#dist/core/numeric/matrix.js";
import { openDatabase } from "#dist/core/store/database.js";
import { openStore } from "#dist/core/store/feature-store.js";
import { becomeWriter } from "#dist/core/store/writer.js";
import { projectFile } from "../../support/fixtures.js";
import { normalMatrix } from "../../support/samples.js";
import { fakeModel, storeOf, writeFiles } from "../../support/stores.js";
import { temporaryFolder } from "../../support/temporary.js";
import { unprivileged } from "../../support/unprivileged.js";

const vectors = normalMatrix(30, 8, 1);

/** Leaves stores in a folder: put away well, with its log closed but not put away, and with a log of a killed process. */
async function makeStores(folder: string): Promise<void> {
  mkdirSync(folder);
  await (await storeOf(join(folder, "well.patchlab"), vectors)).close();
  for (const [name, end] of Object.entries({ left: "database.exec(`PRAGMA wal_checkpoint(TRUNCATE)`)", killed: "" })) {
    const path = join(folder, `${name}.patchlab`);
    copyFileSync(join(folder, "well.patchlab"), path);
    const script = `
      const { openDatabase } = await import("#dist/core/store/database.js");
      const database = openDatabase(process.argv[1]);
      database.exec("PRAGMA journal_mode = WAL; INSERT INTO roots (path) VALUES ('in the log')");
      ${end};
      process.kill(process.pid, "SIGKILL");`;
    spawnSync(process.execPath, ["--input-type=module", "-e", script, path], { cwd: projectFile(".") });
  }
}

async function searches(path: string, folders: number): Promise<void> {
  const store = await openStore(path);
  const index = await store.index();
  const { queries } = await index.search(row(vectors, 3), { k: 1, where: { minBytes: 2 } });
  assert.deepEqual([queries[0].hits[0].row, store.info().folders.length], [3, folders], path);
  await store.close();
}

describe("a store that cannot be written", () => {
  const disks: string[] = [];
  // before the folder is removed that they lie in; connections that were not collected keep files open
  after(() => {
    for (const disk of disks) spawnSync("umount", ["--lazy", disk]);
  });
  const folder = temporaryFolder();

  /** A folder's stores as on a disk that is mounted read-only, where this machine lets us mount one. */
  function readOnly(from: string): string | undefined {
    const disk = `${from}, read-only`;
    mkdirSync(disk);
    if (process.platform !== "linux" || spawnSync("mount", ["--bind", from, disk]).status !== 0) return undefined;
    disks.push(disk);
    return spawnSync("mount", ["-o", "remount,ro,bind", disk]).status === 0 ? disk : undefined;
  }

  it("is searched on a read-only disk, however it was left, and says so when it is to be written", async function () {
    const from = join(folder(), "stores");
    await makeStores(from);
    const disk = readOnly(from);
    if (disk === undefined) return this.skip();
    await searches(join(disk, "well.patchlab"), 1);
    await searches(join(disk, "killed.patchlab"), 2);
    const pictures = join(folder(), "pictures");
    writeFiles(pictures, { "a.jpg": "A" });
    for (const name of ["well", "killed"]) {
      const store = join(disk, `${name}.patchlab`);
      await assert.rejects(
        embedFolder(pictures, { model: fakeModel(), store }),
        (e: Error) =>
          e instanceof StoreError &&
          !(e instanceof StoreBusyError) &&
          /cannot be written: check its perm/.test(e.message),
        name,
      );
    }
    const nowhere = join(disk, "new.patchlab");
    await assert.rejects(embedFolder(pictures, { model: fakeModel(), store: nowhere }), StoreError);
  });

  it("is searched on a read-only disk when its log was lost, which nobody had put away", async function () {
    const from = join(folder(), "left alone");
    await makeStores(join(folder(), "to copy"));
    mkdirSync(from);
    const name = "left % 41 ü#?.patchlab";
    copyFileSync(join(folder(), "to copy", "left.patchlab"), join(from, name));
    const disk = readOnly(from);
    if (disk === undefined) return this.skip();
    await searches(join(disk, name), 2);
  });

  it("is searched without permission to write it or its folder", async function () {
    if (process.platform === "win32") return this.skip();
    const from = join(folder(), "no permission");
    await makeStores(from);
    for (const name of ["well", "killed", "left"]) chmodSync(join(from, `${name}.patchlab`), 0o444);
    chmodSync(folder(), 0o755);
    chmodSync(from, 0o555);
    try {
      await unprivileged([], async () => {
        await searches(join(from, "well.patchlab"), 1);
        const database = openDatabase(join(from, "well.patchlab"));
        await assert.rejects(becomeWriter(database), /cannot be written: check its permissions/);
        database.close();
      });
    } finally {
      chmodSync(from, 0o755);
    }
  });

  it("says so where it must not even be read", async function () {
    if (process.platform === "win32") return this.skip();
    const path = join(folder(), "secret.patchlab");
    await (await storeOf(path, vectors)).close();
    chmodSync(path, 0);
    chmodSync(folder(), 0o755);
    await unprivileged([], () =>
      assert.rejects(
        openStore(path),
        (e: Error) =>
          e instanceof StoreError && /secret\.patchlab: cannot be opened: check the folder and its/.test(e.message),
      ),
    );
  });
});
