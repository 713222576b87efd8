/** The checksums by which the Hub names files: SHA-256 for large ones, Git's own for those that Git holds itself. */
import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";

/** A file of a repository, as the Hub announces it. */
export interface RemoteFile {
  /** in the repository, with slashes */
  path: string;
  size: number;
  /** hexadecimal; the blob's name in the cache */
  checksum: string;
  kind: "sha256" | "git";
}

/** @see https://git-scm.com/book/en/v2/Git-Internals-Git-Objects for the header of a blob's SHA-1 */
export function startChecksum({ kind, size }: RemoteFile): Hash {
  return kind === "sha256" ? createHash("sha256") : createHash("sha1").update(`blob ${size}\0`);
}

/** Whether the file at `path` is the announced one, every byte of it. */
export async function isFile(path: string, file: RemoteFile, watch: Watch = {}): Promise<boolean> {
  const handle = await open(path).catch(() => undefined);
  if (!handle) return false;
  try {
    if ((await handle.stat()).size !== file.size) return false;
    const hash = startChecksum(file);
    await hashUpTo(handle, file.size, hash, watch);
    return hash.digest("hex") === file.checksum;
  } finally {
    await handle.close();
  }
}

export interface Watch {
  /** how far it has come, and how many bytes of that came just now over the network */
  onBytes?: (position: number, received?: number) => void;
  signal?: AbortSignal;
}

/** Feeds the first `end` bytes to `hash`. @returns how many there were */
export async function hashUpTo(file: FileHandle, end: number, hash: Hash, { onBytes, signal }: Watch): Promise<number> {
  const block = Buffer.allocUnsafe(Math.min(2 ** 20, Math.max(1, end)));
  let position = 0;
  while (position < end) {
    signal?.throwIfAborted();
    const { bytesRead } = await file.read(block, 0, Math.min(block.length, end - position), position);
    if (bytesRead === 0) break;
    hash.update(block.subarray(0, bytesRead));
    position += bytesRead;
    onBytes?.(position);
  }
  return position;
}
