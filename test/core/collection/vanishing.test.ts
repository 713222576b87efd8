/** Folders that cannot be reached, at all or any more: what lies in them is not taken for gone. */
import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { embedFolder } from "#dist/core/collection/embed-folder.js";
import type { EmbedIntoStoreOptions } from "#dist/core/collection/embed-into-store.js";
import { FileError } from "#dist/core/errors.js";
import { openStore } from "#dist/core/store/feature-store.js";
import { fakeModel, foundIn, writeFiles } from "../../support/stores.js";
import { temporaryFolder } from "../../support/temporary.js";
import { unprivileged } from "../../support/unprivileged.js";

describe("embedFolder into a store, with a folder that vanishes", () => {
  const folder = temporaryFolder();
  let count = 0;
  let root: string;
  let store: string;
  const nine = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`${i}.jpg`, `picture ${i}`]));
  beforeEach(() => {
    root = join(folder(), `vanishing ${count++}`, "pictures");
    store = join(root, "..", "s.patchlab");
    writeFiles(root, nine);
  });

  const run = async (options: Partial<EmbedIntoStoreOptions> = {}) => {
    const opened = await embedFolder(root, { model: fakeModel(), batchSize: 2, ...options, store });
    await opened.close();
    return opened.report;
  };

  async function states() {
    const opened = await openStore(store);
    const { pictures } = opened.info();
    await opened.close();
    return pictures;
  }

  const isVanished = (e: Error) => e instanceof FileError && e.path === root && /not there any more/.test(e.message);

  /** Takes the folder away once the model was shown so many pictures. */
  function vanishing(shown: number, instead: () => void = () => {}) {
    let seen = 0;
    return fakeModel({
      onPicture() {
        if (++seen !== shown) return;
        renameSync(root, `${root} elsewhere`);
        instead();
      },
    });
  }

  it("ends with an error that names it, and keeps what was embedded before", async () => {
    await assert.rejects(run({ model: vanishing(5) }), isVanished);
    const { here, gone, failed } = await states();
    assert.ok(here >= 4 && here <= 5, `${here}`);
    assert.deepEqual([gone, failed], [0, 0]);
    renameSync(`${root} elsewhere`, root);
    const { added, unchanged } = await run();
    assert.deepEqual([added, unchanged], [9 - here, here]);
  });

  it("marks nothing as gone that it knew, whenever it vanishes", async () => {
    await run();
    for (const shown of [1, 5, 9]) {
      const changed = Object.entries(nine).map(([path, text]) => [path, `${text} ${shown}`]);
      writeFiles(root, Object.fromEntries(changed), 1e9 + shown);
      rmSync(join(root, "8.jpg"));
      writeFiles(root, { "9.jpg": `new ${shown}` }, 1e9 + shown);
      await assert.rejects(run({ model: vanishing(shown) }), isVanished, `${shown}`);
      assert.equal((await states()).gone, 0);
      renameSync(`${root} elsewhere`, root);
    }
    assert.equal((await run()).gone, 1);
  });

  it("is not deceived by an empty folder in its place, as a disk leaves one when it is unmounted", async () => {
    await run();
    writeFiles(root, Object.fromEntries(Object.entries(nine).map(([path, text]) => [path, `${text}, changed`])));
    await assert.rejects(run({ model: vanishing(3, () => mkdirSync(root)) }), isVanished);
    assert.equal((await states()).gone, 0);
  });

  it("refuses a folder that is empty or missing when it begins, and marks nothing as gone", async () => {
    await run();
    renameSync(root, `${root} elsewhere`);
    await assert.rejects(run(), (e: Error) => e instanceof FileError && /no such folder/.test(e.message));
    mkdirSync(root);
    await assert.rejects(run(), (e: Error) => e instanceof FileError && /holds no picture/.test(e.message));
    assert.deepEqual(await states(), { here: 9, failed: 0, gone: 0 });
  });

  it("makes no store for a folder that is not there", async () => {
    rmSync(root, { recursive: true });
    await assert.rejects(run(), FileError);
    assert.equal(existsSync(store), false);
  });

  it("goes on when single pictures vanish, which are gone", async () => {
    await run();
    writeFiles(root, Object.fromEntries(Object.entries(nine).map(([path, text]) => [path, `${text}, changed`])));
    const model = fakeModel({ onPicture: () => rmSync(join(root, "7.jpg"), { force: true }) });
    const { changed, gone, failed } = await run({ model });
    assert.deepEqual([changed, gone, failed], [8, 1, []]);
  });

  it("says which folder below cannot be listed, and keeps the pictures in it", async function () {
    if (process.platform === "win32") return this.skip();
    writeFiles(root, { "shut/a.jpg": "A", "shut/deep/b.jpg": "B", "shutter.jpg": "C" });
    const runs = () => unprivileged([folder(), join(root, "..")], () => run());
    await runs();
    rmSync(join(root, "shutter.jpg"));
    chmodSync(join(root, "shut"), 0);
    const { failed, gone, unchanged } = await runs();
    chmodSync(join(root, "shut"), 0o755);
    assert.deepEqual([failed.map(({ path }) => path), gone, unchanged], [[join(root, "shut")], 1, 9]);
    assert.equal((await states()).here, 11);
  });

  it("keeps the pictures of a folder that can be listed and not looked into", async function () {
    if (process.platform === "win32") return this.skip();
    writeFiles(root, { "shut/a.jpg": "A", "shut/b.jpg": "B" });
    const runs = () => unprivileged([folder(), join(root, "..")], () => run());
    await runs();
    chmodSync(join(root, "shut"), 0o444);
    const { failed, gone } = await runs();
    chmodSync(join(root, "shut"), 0o755);
    assert.deepEqual(
      [failed.map(({ path }) => path).sort(), gone],
      [["a.jpg", "b.jpg"].map((f) => join(root, "shut", f)), 0],
    );
    assert.equal((await states()).here, 11);
  });

  it("stops when it is aborted, keeps the batches that were done and goes on from there", async () => {
    const controller = new AbortController();
    const onProgress = (done: number) => done >= 4 && controller.abort(new Error("stop"));
    await assert.rejects(run({ signal: controller.signal, onProgress }), /stop/);
    assert.deepEqual(await states(), { here: 4, failed: 0, gone: 0 });
    const model = fakeModel();
    const { added, unchanged } = await run({ model });
    assert.deepEqual([added, unchanged, model.shown.length], [5, 4, 5]);
    const opened = await openStore(store);
    assert.equal((await foundIn(opened, root)).size, 9);
    await opened.close();
  });

  it("does nothing when it was aborted before it began", async () => {
    await assert.rejects(run({ signal: AbortSignal.abort(new Error("stop")) }), /stop/);
    assert.equal(existsSync(store), false);
  });
});
