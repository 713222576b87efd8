/** One process at a time writes into a store; others may read, and are told who writes when they want to write too. */
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout } from "node:timers/promises";
import { StoreBusyError } from "../errors.js";
import { isProcessAlive } from "../process-alive.js";
import { patience, type StoreDatabase } from "./database.js";

const beatMs = 5_000;
/** A writer on another machine that has not shown itself for this long is gone. Clocks may differ by seconds. */
const longSilence = 60_000;
const pollMs = 500;

export interface WriterOptions {
  /** wait for another writer to end, instead of failing @default false */
  readonly wait?: boolean;
  readonly signal?: AbortSignal;
}

/** The right to write. Every transaction makes sure that it still holds. */
export interface Writer {
  /** @throws StoreBusyError when another process has taken over meanwhile, as after this one slept for long */
  transaction<T>(work: () => T): T;
  end(): void;
}

/** @throws StoreBusyError naming the process that is writing, unless `wait` is set */
export async function becomeWriter(database: StoreDatabase, options: WriterOptions = {}): Promise<Writer> {
  // readers go on while this one writes
  database.exec("PRAGMA journal_mode = WAL");
  const token = randomBytes(8).toString("hex");
  for (;;) {
    options.signal?.throwIfAborted();
    const holder = database.transaction(() => take(database, token));
    if (!holder) break;
    if (!options.wait) throw busy(database.path, holder);
    await setTimeout(pollMs, undefined, { signal: options.signal }).catch(() => options.signal?.throwIfAborted());
  }
  return held(database, token);
}

interface Holder {
  pid: number;
  host: string;
  since: number;
  beat: number;
}

/** Those of this process that have ended, also where the disk had no room to say so. */
const ended = new Set<string>();

/** @returns who else writes, if somebody does */
function take(database: StoreDatabase, token: string): Holder | undefined {
  const row = database.get("SELECT token, pid, host, since, beat FROM writer");
  if (row) {
    const [before, pid, host, since, beat] = row as [string, number, string, number, number];
    if (!ended.has(before) && !isGone({ pid, host, since, beat })) return { pid, host, since, beat };
  }
  const now = Date.now();
  database.run("DELETE FROM writer");
  database.run("INSERT INTO writer VALUES (1, ?, ?, ?, ?, ?)", token, process.pid, hostname(), now, now);
  return undefined;
}

function isGone({ pid, host, since, beat }: Holder): boolean {
  if (host === hostname() && !isProcessAlive(pid)) return true;
  // one that had our number before we did, as in a container that was started again
  if (host === hostname() && pid === process.pid && since < Date.now() - process.uptime() * 1000) return true;
  return Math.abs(Date.now() - beat) > longSilence;
}

function held(database: StoreDatabase, token: string): Writer {
  const holds = () => database.get("SELECT 1 FROM writer WHERE token = ?", token) !== undefined;
  const beat = setInterval(() => {
    try {
      database.run("UPDATE writer SET beat = ? WHERE token = ?", Date.now(), token);
    } catch {
      // the next transaction says what is wrong
    }
  }, beatMs);
  beat.unref();
  return {
    transaction: (work) =>
      database.transaction(() => {
        if (!holds())
          throw new StoreBusyError(
            database.path,
            "was taken over by another process, since this one gave no sign of life for a minute: run again",
          );
        return work();
      }),
    end() {
      clearInterval(beat);
      ended.add(token);
      try {
        database.run("DELETE FROM writer WHERE token = ?", token);
      } catch {
        // what went wrong before says why: nobody waits for a writer that has ended
      }
      settle(database);
    },
  };
}

/** Makes the store one file again, which also opens where nothing can be written; not while others have it open. */
function settle(database: StoreDatabase): void {
  try {
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    database.exec("PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE");
  } catch {
    // another process reads: the log stays, and goes with the last one that closes
  } finally {
    database.exec(`PRAGMA busy_timeout = ${patience}`);
  }
}

function busy(path: string, { pid, host, since }: Holder): StoreBusyError {
  const where = host === hostname() ? "" : ` on ${host}`;
  return new StoreBusyError(
    path,
    `is being written by process ${pid}${where} since ${new Date(since).toISOString()}: wait until it is done, or stop it`,
  );
}
