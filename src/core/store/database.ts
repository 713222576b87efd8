/** The SQLite file behind a store: opened with care, errors as sentences, statements prepared once. */
import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import Sqlite from "libsql";
import { ClosedError, StoreError } from "../errors.js";
import { migrate } from "./schema.js";

/** Numbers, text, bytes or nothing: libsql ends the process when it is given anything else. */
export type Value = number | string | Uint8Array | null;
/** One entry a column. */
export type Row = Value[];

export interface StoreDatabase {
  readonly path: string;
  all(sql: string, ...values: readonly Value[]): Row[];
  get(sql: string, ...values: readonly Value[]): Row | undefined;
  /** @returns the id of the row that was inserted last */
  run(sql: string, ...values: readonly Value[]): number;
  exec(sql: string): void;
  /** All of it happens, or nothing. The lock for writing is taken first, so that what is read is still true when it ends. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/** "plab" in the file's header tells a store from other SQLite files. */
const applicationId = 0x706c6162;

/** Pages of 16 KB hold ten vectors of 384 numbers each, with little left over. */
const pageSize = 16384;

/** No SQLite file is smaller. */
const leastPage = 512;

/** how many milliseconds another process may hold the lock for one of its short writes */
export const patience: number = 10_000;

/**
 * Opens a store's file, and brings one of an older version up to date.
 *
 * @param options.create make it where there is none (default false)
 * @throws StoreError when it is missing, is no store, is cut short, comes from a newer version or cannot be read
 */
export function openDatabase(path: string, { create = false }: { create?: boolean } = {}): StoreDatabase {
  const size = sizeOf(path);
  const isNew = size === 0;
  if (isNew && !create)
    throw new StoreError(path, "no such store: check the path, or make one with `patchlab embed FOLDER --store FILE`");
  // SQLite takes a file of one byte for an empty one, and writes into it
  if (!isNew && size < leastPage) throw noStore(path);
  const database = connect(path);
  try {
    if (isNew) database.exec(`PRAGMA page_size = ${pageSize}`);
    migrate(database, applicationId);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * In bytes, 0 where there is no file. The file itself is left to SQLite: once this process closes it, however it was
 * opened, the system drops the locks that other connections of this process hold, and others overwrite what they write.
 *
 * @see https://www.sqlite.org/howtocorrupt.html section 2.2
 */
function sizeOf(path: string): number {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats && !stats.isFile())
      throw new StoreError(path, "is no file: give a feature store, which `patchlab embed FOLDER --store FILE` makes");
    return stats?.size ?? 0;
  } catch (cause) {
    throw storeError(path, cause);
  }
}

/**
 * Where the last one that wrote could not put a store back into one file, since another was reading, SQLite wants to
 * begin a log, which it cannot in a folder that is read-only. There it need not, as nobody writes.
 */
function connect(path: string): LibsqlDatabase {
  // a whole path, since SQLite takes some names for something else than a file
  const file = resolve(path);
  try {
    return new LibsqlDatabase(path, file);
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as { code?: string };
    if (code !== "SQLITE_CANTOPEN" || !existsSync(file)) throw error;
    return new LibsqlDatabase(path, `${pathToFileURL(file).href}?immutable=1`);
  }
}

export function noStore(path: string): StoreError {
  return new StoreError(
    path,
    "is not a feature store: give a file that `patchlab embed` made, or another name for a new one",
  );
}

class LibsqlDatabase implements StoreDatabase {
  readonly path: string;
  readonly #sqlite: Sqlite.Database;
  readonly #statements = new Map<string, Sqlite.Statement>();
  #closed = false;

  /** @param file what SQLite opens it by */
  constructor(path: string, file: string) {
    this.path = path;
    this.#sqlite = this.#guarded(() => new Sqlite(file, { timeout: patience }));
    this.exec("PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL");
  }

  all(sql: string, ...values: readonly Value[]): Row[] {
    return this.#guarded(() => this.#rows(sql).all(values) as Row[]);
  }

  get(sql: string, ...values: readonly Value[]): Row | undefined {
    return this.#guarded(() => this.#rows(sql).get(values) as Row | undefined);
  }

  run(sql: string, ...values: readonly Value[]): number {
    return this.#guarded(() => Number(this.#prepared(sql).run(values).lastInsertRowid));
  }

  exec(sql: string): void {
    this.#guarded(() => this.#sqlite.exec(sql));
  }

  transaction<T>(work: () => T): T {
    this.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.exec("COMMIT");
      return result;
    } catch (error) {
      // SQLite has rolled back by itself where the disk is full
      if (this.#sqlite.inTransaction) this.exec("ROLLBACK");
      throw error;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#statements.clear();
    this.#sqlite.close();
  }

  #rows(sql: string): Sqlite.Statement {
    return this.#prepared(sql).raw(true);
  }

  #prepared(sql: string): Sqlite.Statement {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#sqlite.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #guarded<T>(work: () => T): T {
    if (this.#closed) throw new ClosedError(`the store ${this.path}`);
    try {
      return work();
    } catch (cause) {
      throw storeError(this.path, cause);
    }
  }
}

const problems: Readonly<Record<string, string>> = {
  SQLITE_BUSY: "is locked by another process: wait until that is done, or stop it",
  SQLITE_CANTOPEN: "cannot be opened: check the folder and its permissions",
  SQLITE_CORRUPT: "is damaged: copy it again from where it was whole, or embed the pictures into a new one",
  SQLITE_FULL: "cannot be written, since the disk is full: free some space and run again, which goes on from here",
  SQLITE_NOTADB: "is not a feature store: give a file that `patchlab embed` made, or another name for a new one",
  SQLITE_READONLY: "cannot be written: check its permissions and those of its folder",
};

/** What SQLite or the file system has to say, in a sentence. */
function storeError(path: string, cause: unknown): Error {
  if (cause instanceof StoreError) return cause;
  const { code = "", message } = cause as { code?: string; message: string };
  const problem = Object.entries(problems).find(([name]) => code.startsWith(name))?.[1];
  if (problem !== undefined) return new StoreError(path, problem, { cause });
  if (message.startsWith("ConnectionFailed")) return new StoreError(path, problems.SQLITE_CANTOPEN, { cause });
  return new StoreError(path, `cannot be used (${message}): check the disk that it lies on`, { cause });
}
