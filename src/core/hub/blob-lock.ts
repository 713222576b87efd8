/**
 * Lets one process at a time download a file; the others wait, then find it done.
 *
 * Python locks `<checksum>.lock` with flock, which Node lacks, so the two do not see each other's locks; nor need they,
 * since each writes under a name of its own and renames what is whole. Between our own processes the lock only saves
 * work: should two ever hold it, both write the same bytes to the same places, as the checksum in the name says.
 */
import { randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import { isProcessAlive } from "../process-alive.js";

const beatMs = 2_000;
/** A holder that has not shown itself for this long is gone; file systems over a network may lag by seconds. */
const longSilence = 30_000;
const pollMs = 200;

const holderSchema = z.looseObject({ pid: z.int().min(1), host: z.string(), id: z.string() });

export interface LockOptions {
  signal?: AbortSignal;
  /** called now and then while another process holds the lock */
  onWait?: () => Promise<void>;
  /** milliseconds without a sign of life after which a holder counts as gone @default 30000 */
  silence?: number;
}

export async function withLock<T>(path: string, options: LockOptions, action: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const id = randomBytes(8).toString("hex");
  let seen: Sight | undefined;
  while (!(await take(path, id))) {
    options.signal?.throwIfAborted();
    seen = await look(path, seen);
    if (seen && isGone(seen, options.silence ?? longSilence)) await takeAway(path, seen);
    else {
      await options.onWait?.();
      await setTimeout(pollMs, undefined, { signal: options.signal }).catch(() => options.signal?.throwIfAborted());
    }
  }
  const beat = setInterval(() => utimes(path, new Date(), new Date()).catch(() => {}), beatMs);
  beat.unref();
  try {
    return await action();
  } finally {
    clearInterval(beat);
    await release(path, id);
  }
}

async function take(path: string, id: string): Promise<boolean> {
  try {
    const file = await open(path, "wx");
    try {
      await file.writeFile(JSON.stringify({ pid: process.pid, host: hostname(), id }));
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** What was seen of a lock, and since when it has not moved by this process's own clock. */
interface Sight {
  text: string;
  changed: number;
  since: number;
}

async function look(path: string, before: Sight | undefined): Promise<Sight | undefined> {
  try {
    const [text, { mtimeMs: changed }] = await Promise.all([readFile(path, "utf8"), stat(path)]);
    if (before?.text === text && before.changed === changed) return before;
    return { text, changed, since: performance.now() };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function isGone({ text, since }: Sight, silence: number): boolean {
  const holder = parseHolder(text);
  if (holder?.host === hostname() && !isProcessAlive(holder.pid)) return true;
  return performance.now() - since > silence;
}

function parseHolder(text: string): z.infer<typeof holderSchema> | undefined {
  try {
    return holderSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Moves a lock aside whose holder is gone; gives it back if it turns out to be another one, taken in between. */
async function takeAway(path: string, { text }: Sight): Promise<void> {
  const aside = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    await rename(path, aside);
    if ((await readFile(aside, "utf8")) !== text) await link(aside, path);
  } catch {
    // somebody else was faster
  } finally {
    await rm(aside, { force: true });
  }
}

async function release(path: string, id: string): Promise<void> {
  const text = await readFile(path, "utf8").catch(() => "");
  if (parseHolder(text)?.id === id) await rm(path, { force: true }).catch(() => {});
}
