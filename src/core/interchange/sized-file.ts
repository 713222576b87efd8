/** A file of known size, read piece by piece: what it says of its sizes is compared with that before it is believed. */
import { type FileHandle, open } from "node:fs/promises";
import { FileError, FormatError, PatchlabError } from "../errors.js";

export interface SizedFile {
  readonly path: string;
  /** bytes */
  readonly size: number;
  /** @throws FormatError when the file ends before that */
  read(position: number, length: number): Promise<Uint8Array>;
  /** Fills `target`. @throws FormatError when the file ends before that */
  readInto(target: Uint8Array, position: number): Promise<void>;
}

/** bytes between two looks at the signal */
const atOnce = 2 ** 26;

/**
 * Opens a file, and closes it after the job.
 *
 * @param what what the file should be, such as "a NumPy file"
 * @throws FileError when there is no such file or it cannot be read; FormatError when it is empty
 */
export async function withFile<T>(
  path: string,
  what: string,
  job: (file: SizedFile) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  signal?.throwIfAborted();
  const handle = await open(path).catch((cause: Error) => {
    throw new FileError(path, `cannot be opened (${cause.message}): give the path of ${what}`, { cause });
  });
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw new FileError(path, `is no file: give the path of ${what}`);
    if (found.size === 0) throw new FormatError(path, `is empty: give the path of ${what}`);
    return await job(sizedFile(path, found.size, handle, signal));
  } catch (cause) {
    if (cause instanceof PatchlabError || (cause as NodeJS.ErrnoException).syscall === undefined) throw cause;
    throw new FileError(path, `cannot be read (${(cause as Error).message}): try again or copy it`, { cause });
  } finally {
    await handle.close();
  }
}

function sizedFile(path: string, size: number, handle: FileHandle, signal: AbortSignal | undefined): SizedFile {
  const readInto = async (target: Uint8Array, position: number): Promise<void> => {
    if (position < 0 || position + target.length > size) throw truncated(path, size, position + target.length);
    for (let at = 0; at < target.length; ) {
      signal?.throwIfAborted();
      const { bytesRead } = await handle.read(target, at, Math.min(atOnce, target.length - at), position + at);
      if (bytesRead === 0) throw truncated(path, position + at, position + target.length);
      at += bytesRead;
    }
  };
  const read = async (position: number, length: number): Promise<Uint8Array> => {
    if (position < 0 || position + length > size) throw truncated(path, size, position + length);
    const bytes = new Uint8Array(length);
    await readInto(bytes, position);
    return bytes;
  };
  return { path, size, read, readInto };
}

function truncated(path: string, size: number, needed: number): FormatError {
  return new FormatError(path, `ends after ${size} bytes where ${needed} are expected: it is truncated, copy it again`);
}

const alwaysJustified = 2 ** 26;
const mostExpansion = 64;

/** The memory that a file which packs its numbers may ask for: 64 MiB, or 64 times its size. */
export function justified(fileBytes: number): number {
  return Math.max(alwaysJustified, mostExpansion * fileBytes);
}

/** @param what the part of the file that asks for so much memory @throws Error when that is more than is justified */
export function checkJustified(what: string, fileBytes: number, claimed: number): void {
  if (claimed <= justified(fileBytes)) return;
  throw new Error(`${what} claims ${claimed} bytes of content, which the file's ${fileBytes} bytes do not justify`);
}
