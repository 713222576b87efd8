/** The tables of a store, and the way there from every earlier version. */
import { StoreError } from "../errors.js";
import { noStore, type StoreDatabase } from "./database.js";

/** Entry i brings a store of version i to version i + 1. Entries are never changed once they were published. */
export const migrations: readonly ((database: Pick<StoreDatabase, "exec">) => void)[] = [
  (database) =>
    database.exec(`
      CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
      -- makes copies of a store the same store, and another store another one
      INSERT INTO facts VALUES ('id', lower(hex(randomblob(16))));

      -- folders that were embedded
      CREATE TABLE roots (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE);

      CREATE TABLE images (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        root INTEGER NOT NULL REFERENCES roots(id),
        -- below the root, parts joined by "/"
        path TEXT NOT NULL,
        label TEXT NOT NULL,
        -- size in bytes and milliseconds since 1970, as the file system said; null where no file was seen
        bytes INTEGER,
        modified REAL,
        -- SHA-256 of the file
        hash BLOB,
        -- pixels, upright
        width INTEGER,
        height INTEGER,
        -- 'here', 'failed' (could not be read; problem says why) or 'gone' (was there once)
        state TEXT NOT NULL,
        problem TEXT,
        UNIQUE (root, path)
      );
      CREATE INDEX images_by_hash ON images (hash);
      CREATE INDEX images_by_label ON images (label);

      -- which model made vectors, and how it read pictures
      CREATE TABLE spaces (
        id INTEGER PRIMARY KEY,
        fingerprint TEXT NOT NULL UNIQUE,
        model TEXT NOT NULL,
        -- what opens the model, where one can be opened
        source TEXT,
        dim INTEGER NOT NULL,
        reading TEXT NOT NULL
      );

      CREATE TABLE vectors (
        -- never used again, so that an index knows a vector by it
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        space INTEGER NOT NULL REFERENCES spaces(id) ON DELETE CASCADE,
        image INTEGER NOT NULL REFERENCES images(id) ON DELETE CASCADE,
        -- float32, little-endian
        vector BLOB NOT NULL
      );
      CREATE UNIQUE INDEX vectors_by_image ON vectors (image, space);
      CREATE INDEX vectors_by_space ON vectors (space, id);

      -- who is writing
      CREATE TABLE writer (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        token TEXT NOT NULL,
        pid INTEGER NOT NULL,
        host TEXT NOT NULL,
        since REAL NOT NULL,
        beat REAL NOT NULL
      );
    `),
];

/**
 * Brings a new or older store to the newest version, each step whole or not at all.
 *
 * @throws StoreError when it comes from a newer version, or the file is somebody else's
 */
export function migrate(database: StoreDatabase, applicationId: number, steps: typeof migrations = migrations): void {
  const pragma = (name: string) => Number(database.get(`PRAGMA ${name}`)?.[0]);
  const version = () => pragma("user_version");
  // both are written together; a version without our id is that of another program's tables
  if (pragma("application_id") !== (version() === 0 ? 0 : applicationId)) throw noStore(database.path);
  if (version() > steps.length) throw newer(database.path, version(), steps.length);
  for (let step = version(); step < steps.length; step = version())
    database.transaction(() => {
      // another process may have been faster
      if (version() !== step) return;
      if (step === 0 && database.get("SELECT 1 FROM sqlite_schema LIMIT 1")) throw noStore(database.path);
      steps[step](database);
      database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${step + 1}`);
    });
}

function newer(path: string, found: number, known: number): StoreError {
  return new StoreError(
    path,
    `was made by a newer patchlab: its tables are of version ${found}, and this one knows version ${known}: update patchlab`,
  );
}
