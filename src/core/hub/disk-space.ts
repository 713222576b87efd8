/** Space on the cache's disk: looked at before a download, and told of when it ends in the middle of one. */
import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { FileError } from "../errors.js";
import { byteSize } from "./byte-size.js";

/** @throws FileError when less than `needed` bytes are free where `folder` is or will be */
export async function checkSpace(folder: string, needed: number): Promise<void> {
  let place = resolve(folder);
  while (!existsSync(place) && dirname(place) !== place) place = dirname(place);
  const disk = await statfs(place).catch(() => undefined);
  // some network file systems do not tell
  if (!disk || disk.blocks === 0) return;
  const free = disk.bavail * disk.bsize;
  if (free < needed)
    throw new FileError(
      folder,
      `${byteSize(needed)} are to come and ${byteSize(free)} are free: free some, or set HF_HUB_CACHE to a folder on another disk`,
    );
}

/** A failure of the cache's disk, in a sentence. */
export function diskError(path: string, cause: unknown): FileError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const problem =
    code === "ENOSPC" || code === "EDQUOT"
      ? `the disk is full (${code}): free some space and run again, which goes on from here, or set HF_HUB_CACHE to a folder on another disk`
      : `cannot be written (${code ?? message}): check its permissions, or set HF_HUB_CACHE to another folder`;
  return new FileError(path, problem, { cause });
}

/** Runs what touches the cache's disk. @throws FileError for what the disk refuses, other errors as they are */
export async function onDisk<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const refused = error instanceof Error && "syscall" in error && !("port" in error);
    throw refused ? diskError(path, error) : error;
  }
}
