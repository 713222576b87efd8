/** Files that are no store, or not a whole one. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "libsql";
import { ClosedError, StoreError } from "#dist/core/errors.js";
import { openDatabase } from "#dist/core/store/database.js";
import { openStore } from "#dist/core/store/feature-store.js";
import { normalMatrix } from "../../support/samples.js";
import { storeOf } from "../../support/stores.js";
import { temporaryFolder } from "../../support/temporary.js";

describe("openStore", () => {
  const folder = temporaryFolder();
  let whole: Buffer;
  let count = 0;
  const newPath = () => join(folder(), `not a store ü ${count++}`);

  before(async () => {
    const path = newPath();
    await (await storeOf(path, normalMatrix(200, 64, 1))).close();
    whole = readFileSync(path);
  });

  async function refuses(path: string, message: RegExp): Promise<void> {
    await assert.rejects(openStore(path), (e: Error) => {
      assert.ok(e instanceof StoreError, e.stack);
      assert.ok(e.message.startsWith(`${path}: `), e.message);
      assert.match(e.message, message);
      return true;
    });
  }

  /** A store's file with these bytes changed. */
  function broken(change: (bytes: Buffer) => void): string {
    const path = newPath();
    const bytes = Buffer.from(whole);
    change(bytes);
    writeFileSync(path, bytes);
    return path;
  }

  it("refuses a path where there is nothing, and an empty file, and makes neither", async () => {
    const path = newPath();
    await refuses(path, /no such store: check the path, or make one with/);
    assert.throws(() => readFileSync(path), { code: "ENOENT" });
    await refuses(join(path, "deeper"), /no such store/);
    writeFileSync(path, "");
    await refuses(path, /no such store/);
    assert.equal(readFileSync(path).length, 0);
  });

  it("refuses a folder, and a store inside a folder that is not there", async () => {
    const path = newPath();
    mkdirSync(path);
    await refuses(path, /is no file: give a feature store/);
    assert.throws(
      () => openDatabase(join(folder(), "nowhere", "s.patchlab"), { create: true }),
      (e: Error) => e instanceof StoreError && /cannot be opened: check the folder/.test(e.message),
    );
  });

  it("refuses files that are not SQLite, short and long, and leaves them as they are", async () => {
    for (const text of ["x", "text\n", "text\n".repeat(10_000), "SQLite format 2\0".repeat(100)]) {
      const path = newPath();
      writeFileSync(path, text);
      await refuses(path, /is not a feature store|is damaged/);
      assert.throws(() => openDatabase(path, { create: true }), StoreError);
      assert.equal(readFileSync(path, "utf8"), text);
    }
  });

  it("refuses another program's SQLite file, whatever version that gave it, and leaves it as it is", async () => {
    for (const pragmas of ["", "PRAGMA user_version = 1", "PRAGMA user_version = 50", "PRAGMA application_id = 7"]) {
      const path = newPath();
      const database = new Sqlite(path);
      database.exec(`CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1); ${pragmas}`);
      database.close();
      const before = readFileSync(path);
      await refuses(path, /is not a feature store: give a file that/);
      assert.throws(() => openDatabase(path, { create: true }), StoreError);
      assert.deepEqual(readFileSync(path), before);
    }
  });

  it("refuses a store that was cut short, wherever", async () => {
    for (const share of [0.01, 0.1, 0.5, 0.9]) {
      const path = broken(() => {});
      truncateSync(path, Math.floor(whole.length * share));
      await refuses(path, /is damaged: copy it again/);
    }
  });

  it("says of a store with damaged pages that it is damaged, when they are read", async () => {
    const pageSize = whole.readUInt16BE(16);
    let damaged = 0;
    for (let page = 1; page * pageSize < whole.length; page++) {
      const path = broken((bytes) => bytes.fill(0xa5, page * pageSize, page * pageSize + 200));
      try {
        const store = await openStore(path);
        store.info();
        await store.embeddings();
      } catch (e) {
        assert.ok(e instanceof StoreError, (e as Error).stack);
        assert.match(e.message, /is damaged|cannot be used|has changed|is not a feature store/);
        damaged++;
      }
    }
    assert.ok(damaged > 2, `${damaged}`);
  });

  it("opens names that SQLite takes for something else than a file in the folder", async () => {
    const before = process.cwd();
    process.chdir(folder());
    try {
      for (const name of [":memory:", "file:a?mode=memory", "a%20b#c?d.patchlab"]) {
        openDatabase(name, { create: true }).close();
        assert.ok(readFileSync(join(folder(), name)).length > 0, name);
        (await openStore(name)).close();
      }
    } finally {
      process.chdir(before);
    }
  });

  it("says that a store is closed when it is used after close(), and closes twice", async () => {
    const path = broken(() => {});
    const store = await openStore(path);
    await store.close();
    await store.close();
    assert.throws(() => store.info(), ClosedError);
    await assert.rejects(store.embeddings(), ClosedError);
    await assert.rejects(store.index(), ClosedError);
  });
});
