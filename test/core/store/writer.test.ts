/** One writer at a time, whatever becomes of it, and readers meanwhile. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { embedFolder } from "#dist/core/collection/embed-folder.js";
import { StoreBusyError } from "#dist/core/errors.js";
import { loadModel } from "#dist/core/model/load.js";
import { openDatabase, type StoreDatabase } from "#dist/core/store/database.js";
import { openStore } from "#dist/core/store/feature-store.js";
import { becomeWriter } from "#dist/core/store/writer.js";
import { type EmbeddingProcess, embeddingProcess } from "../../support/embedding-process.js";
import { fixture } from "../../support/fixtures.js";
import { shoes } from "../../support/pictures.js";
import { fakeModel } from "../../support/stores.js";
import { temporaryFolder } from "../../support/temporary.js";

describe("becomeWriter", () => {
  const folder = temporaryFolder();
  let count = 0;
  let database: StoreDatabase;
  beforeEach(() => {
    database = openDatabase(join(folder(), `writer ${count++}.patchlab`), { create: true });
  });
  afterEach(() => database.close());

  const addRoot = (name: string) => database.run("INSERT INTO roots (path) VALUES (?)", name);
  const roots = (from = database) => from.all("SELECT path FROM roots").map(([path]) => path);

  /** As another process would have left it. */
  function lease(pid: number, host: string, { since = Date.now(), beat = Date.now() } = {}): void {
    database.run("DELETE FROM writer");
    database.run("INSERT INTO writer VALUES (1, 'another', ?, ?, ?, ?)", pid, host, since, beat);
  }

  const { pid: deadPid } = spawnSync(process.execPath, ["--version"]);

  it("lets one in at a time, and the next when that has ended", async () => {
    const first = await becomeWriter(database);
    const other = openDatabase(database.path);
    await assert.rejects(becomeWriter(other), (e: Error) => {
      assert.ok(e instanceof StoreBusyError);
      assert.match(e.message, new RegExp(`is being written by process ${process.pid} since \\d{4}-.*: wait until`));
      return true;
    });
    first.transaction(() => addRoot("one"));
    first.end();
    const second = await becomeWriter(other);
    second.transaction(() => other.run("INSERT INTO roots (path) VALUES ('two')"));
    second.end();
    assert.deepEqual(roots(), ["one", "two"]);
    other.close();
  });

  it("waits for the other one to end when it is told to, and not when it is aborted", async () => {
    const first = await becomeWriter(database);
    const other = openDatabase(database.path);
    const signal = AbortSignal.timeout(50);
    await assert.rejects(becomeWriter(other, { wait: true, signal }), { name: "TimeoutError" });
    let entered = false;
    const waiting = becomeWriter(other, { wait: true }).then((writer) => {
      entered = true;
      return writer;
    });
    await setTimeout(700);
    assert.equal(entered, false);
    first.end();
    (await waiting).end();
    other.close();
  });

  it("takes over at once from a process of this machine that is no more", async () => {
    lease(deadPid, hostname());
    const writer = await becomeWriter(database);
    writer.transaction(() => addRoot("mine"));
    writer.end();
    assert.deepEqual(roots(), ["mine"]);
  });

  it("takes over from one that had this process's number before it began", async () => {
    lease(process.pid, hostname(), { since: Date.now() - process.uptime() * 1000 - 60_000 });
    (await becomeWriter(database)).end();
  });

  it("takes over from a writer on another machine only when it has been silent for a minute", async () => {
    lease(1, "elsewhere", { beat: Date.now() - 50_000 });
    await assert.rejects(becomeWriter(database), /by process 1 on elsewhere since/);
    lease(1, "elsewhere", { beat: Date.now() - 70_000 });
    (await becomeWriter(database)).end();
  });

  it("stops a writer whose place was taken while it slept, before it writes", async () => {
    const sleeper = await becomeWriter(database);
    database.run("UPDATE writer SET beat = beat - 70000, host = 'elsewhere'");
    const other = openDatabase(database.path);
    const writer = await becomeWriter(other);
    assert.throws(
      () => sleeper.transaction(() => addRoot("late")),
      (e: Error) => e instanceof StoreBusyError && /was taken over by another process/.test(e.message),
    );
    sleeper.end();
    // its end is not the end of the other one
    writer.transaction(() => other.run("INSERT INTO roots (path) VALUES ('in time')"));
    writer.end();
    assert.deepEqual(roots(), ["in time"]);
    other.close();
  });

  it("keeps nothing of a transaction that fails", async () => {
    const writer = await becomeWriter(database);
    assert.throws(
      () =>
        writer.transaction(() => {
          addRoot("half");
          throw new Error("no");
        }),
      /no/,
    );
    writer.transaction(() => addRoot("whole"));
    writer.end();
    assert.deepEqual(roots(), ["whole"]);
  });

  it("leaves one file when nobody else has it open", () => {
    // in a process of its own, since connections live until they are collected
    const script = `
      const { openDatabase } = await import("#dist/core/store/database.js");
      const { becomeWriter } = await import("#dist/core/store/writer.js");
      const database = openDatabase(process.argv[1], { create: true });
      const writer = await becomeWriter(database);
      writer.transaction(() => database.run("INSERT INTO roots (path) VALUES ('one')"));
      writer.end();`;
    const path = join(folder(), "alone.patchlab");
    const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script, path], {
      cwd: fixture("../.."),
      encoding: "utf8",
    });
    assert.equal(status, 0, stderr);
    assert.deepEqual([existsSync(`${path}-wal`), existsSync(`${path}-shm`)], [false, false]);
    const alone = openDatabase(path);
    assert.deepEqual(roots(alone), ["one"]);
    alone.close();
  });
});

describe("two processes with one store", () => {
  const folder = temporaryFolder();
  let count = 0;
  let paths: { folder: string; store: string };
  let other: EmbeddingProcess;
  beforeEach(() => {
    const root = join(folder(), `two ${count++}`, "pictures");
    mkdirSync(root, { recursive: true });
    for (const [i, path] of shoes.entries()) copyFileSync(path, join(root, `${i}.jpg`));
    paths = { folder: root, store: join(root, "..", "s.patchlab") };
  });
  afterEach(() => other.kill());

  /** Another process, held up after its first batch. */
  async function held(): Promise<void> {
    other = embeddingProcess({ ...paths, batchSize: 1, gated: true });
    for await (const { done } of other.lines) if (done !== undefined) return;
  }

  const embed = (options: { wait?: boolean } = {}) =>
    embedFolder(paths.folder, { ...options, model: fakeModel(), store: paths.store });

  it("tell the second one who is writing", async () => {
    await held();
    await assert.rejects(embed(), (e: Error) => {
      assert.ok(e instanceof StoreBusyError);
      assert.match(e.message, new RegExp(`by process ${other.child.pid} since`));
      return true;
    });
  });

  it("let the second one in at once when the first was killed", async () => {
    await held();
    await other.kill();
    const store = await embed();
    assert.equal(store.report.added, 4);
    await store.close();
  });

  it("let the second one wait, which then finds everything done", async () => {
    await held();
    await using model = await loadModel(fixture("models/dinov2"));
    const waiting = embedFolder(paths.folder, { model, size: 28, store: paths.store, wait: true });
    for (let i = 0; i < 4; i++) other.next();
    await other.ended;
    const store = await waiting;
    assert.deepEqual([store.report.unchanged, store.report.added], [4, 0]);
    await store.close();
  });

  it("let one search what is there while the other embeds, which goes on", async () => {
    await held();
    const store = await openStore(paths.store);
    const index = await store.index();
    assert.equal(index.size, 1);
    const { queries } = await index.search(join(paths.folder, "0.jpg"), { k: 1 });
    assert.deepEqual([queries[0].row, queries[0].hits], [0, []]);
    for (let i = 0; i < 4; i++) other.next();
    await other.ended;
    assert.equal(index.size, 1);
    const later = await store.index();
    assert.equal(later.size, 4);
    await store.close();
  });

  it("keep what one writes that had the store open twice when the other ended", async () => {
    await held();
    const twice = [await openStore(paths.store), await openStore(paths.store)];
    assert.deepEqual(
      twice.map((store) => store.info().pictures.here),
      [1, 1],
    );
    for (let i = 0; i < 4; i++) other.next();
    await other.ended;
    const mine = await embed();
    assert.equal(mine.report.added, 4);
    const seen = embeddingProcess(paths);
    for await (const { store } of seen.lines) if (store) assert.deepEqual([store.integrity, store.vectors], ["ok", 8]);
    await seen.ended;
    await Promise.all([mine, ...twice].map((store) => store.close()));
  });
});
