/** The tables of every version, and the way from one to the next. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { StoreError } from "#dist/core/errors.js";
import { openDatabase, type StoreDatabase } from "#dist/core/store/database.js";
import { openStore } from "#dist/core/store/feature-store.js";
import { migrate, migrations } from "#dist/core/store/schema.js";
import { projectFile } from "../../support/fixtures.js";
import { normalMatrix } from "../../support/samples.js";
import { storeOf } from "../../support/stores.js";
import { temporaryFolder } from "../../support/temporary.js";

const applicationId = 0x706c6162;

/** Published: a store with these tables lies on somebody's disk. A change is a new entry of `migrations`. */
const version1 = {
  facts: ["name TEXT! key", "value TEXT!"],
  roots: ["id INTEGER key", "path TEXT!"],
  images: [
    ...["id INTEGER key", "root INTEGER!", "path TEXT!", "label TEXT!", "bytes INTEGER", "modified REAL", "hash BLOB"],
    ...["width INTEGER", "height INTEGER", "state TEXT!", "problem TEXT"],
  ],
  spaces: ["id INTEGER key", "fingerprint TEXT!", "model TEXT!", "source TEXT", "dim INTEGER!", "reading TEXT!"],
  vectors: ["id INTEGER key", "space INTEGER!", "image INTEGER!", "vector BLOB!"],
  writer: ["one INTEGER key", "token TEXT!", "pid INTEGER!", "host TEXT!", "since REAL!", "beat REAL!"],
};
const indexes1 = [
  "images (hash)",
  "images (label)",
  "images (root, path) unique",
  "roots (path) unique",
  "spaces (fingerprint) unique",
  "vectors (image, space) unique",
  "vectors (space, id)",
];

function tablesOf(database: StoreDatabase): Record<string, string[]> {
  const names = database.all("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
  return Object.fromEntries(
    names.map(([name]) => [
      name as string,
      database
        .all('SELECT name, type, "notnull", pk FROM pragma_table_info(?)', name)
        .map(([column, type, needed, key]) => `${column} ${type}${needed ? "!" : ""}${key ? " key" : ""}`),
    ]),
  );
}

function indexesOf(database: StoreDatabase): string[] {
  const found = database.all(
    `SELECT t.name, i.name, i."unique" FROM sqlite_schema t, pragma_index_list(t.name) i
     WHERE t.type = 'table' AND i.origin <> 'pk'`,
  );
  return found
    .map(([table, index, unique]) => {
      const columns = database.all("SELECT name FROM pragma_index_info(?)", index as string);
      return `${table} (${columns.join(", ")})${unique ? " unique" : ""}`;
    })
    .sort();
}

describe("the tables of a store", () => {
  const folder = temporaryFolder();
  let count = 0;
  const newPath = () => join(folder(), `schema ${count++}.patchlab`);

  it("of version 1 are those that were published", () => {
    const database = openDatabase(newPath(), { create: true });
    // later steps are not taken here
    const steps = migrations.slice(0, 1);
    assert.equal(migrations.length, steps.length, "give this test a database that only step 1 was taken for");
    assert.deepEqual(tablesOf(database), version1);
    assert.deepEqual(indexesOf(database), indexes1);
    database.close();
  });

  it("carry the version and patchlab's own mark in the file's header", () => {
    const database = openDatabase(newPath(), { create: true });
    assert.deepEqual(database.get("PRAGMA application_id"), [applicationId]);
    assert.deepEqual(database.get("PRAGMA user_version"), [migrations.length]);
    database.close();
  });

  it("are not touched when they are of a newer version, which the error names with its own", async () => {
    const path = newPath();
    const database = openDatabase(path, { create: true });
    database.exec("PRAGMA user_version = 99");
    await assert.rejects(openStore(path), (e: Error) => {
      assert.ok(e instanceof StoreError);
      assert.match(e.message, /newer patchlab: its tables are of version 99, and this one knows version \d+: update/);
      return true;
    });
    assert.deepEqual(database.get("PRAGMA user_version"), [99]);
    database.close();
  });

  const next = [
    ...migrations,
    (database: Pick<StoreDatabase, "exec">) =>
      database.exec("ALTER TABLE images ADD COLUMN note TEXT; UPDATE images SET note = 'of ' || path"),
  ];

  it("keep all that is in them on the way to the next version", async () => {
    const path = newPath();
    const vectors = normalMatrix(50, 4, 1);
    await (await storeOf(path, vectors)).close();
    const database = openDatabase(path);
    const before = database.all("SELECT * FROM images ORDER BY id");
    migrate(database, applicationId, next);
    assert.deepEqual(database.get("PRAGMA user_version"), [next.length]);
    assert.deepEqual(database.all("SELECT note FROM images WHERE id = 7"), [[`of ${before[6][2]}`]]);
    const after = database.all("SELECT * FROM images ORDER BY id").map((row) => row.slice(0, -1));
    assert.deepEqual(after, before);
    // of this version's own store again
    database.exec(`PRAGMA user_version = ${migrations.length}`);
    const store = await openStore(path);
    assert.deepEqual((await store.embeddings()).vectors.data, vectors.data);
    await store.close();
    database.close();
  });

  it("are of the old version, and whole, after a step that failed half-way", async () => {
    const path = newPath();
    await (await storeOf(path, normalMatrix(3, 4, 1))).close();
    const database = openDatabase(path);
    const failing = [...next, () => database.exec("DROP TABLE vectors; ALTER TABLE nothing RENAME TO x")];
    assert.throws(() => migrate(database, applicationId, failing), StoreError);
    assert.deepEqual(database.get("PRAGMA user_version"), [next.length], "the step before it was whole");
    assert.deepEqual(database.get("SELECT count(*) FROM vectors"), [3]);
    database.close();
  });

  it("are made once when several processes make the store at the same time", async () => {
    const path = newPath();
    const script = `
      const { openDatabase } = await import("#dist/core/store/database.js");
      const database = openDatabase(process.argv[1], { create: true });
      console.log(database.get("SELECT value FROM facts WHERE name = 'id'")[0]);`;
    const ids = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const child = spawn(process.execPath, ["--input-type=module", "-e", script, path], {
          cwd: projectFile("."),
          stdio: ["ignore", "pipe", "inherit"],
        });
        const said: Buffer[] = [];
        child.stdout.on("data", (bytes) => said.push(bytes));
        const [code] = await once(child, "close");
        assert.equal(code, 0);
        return Buffer.concat(said).toString();
      }),
    );
    assert.equal(new Set(ids).size, 1);
    assert.match(ids[0], /^[0-9a-f]{32}\n$/);
  });
});
