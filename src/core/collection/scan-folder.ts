/** The pictures below a folder as the file system describes them, without reading any. */
import { realpath, stat } from "node:fs/promises";
import { relative, resolve, sep } from "node:path";
import pMap from "p-map";
import { FileError } from "../errors.js";
import { listImages } from "../image/list.js";
import type { FoundFile } from "../store/images.js";

export interface FolderScan {
  /** the folder's own path, links resolved */
  folder: string;
  /** of that folder, as `identityOf` says it */
  identity: string | undefined;
  files: FoundFile[];
  /** folders below that could not be listed and files that could not be looked at, by their path below the root: all may still be there */
  unreadable: string[];
  errors: FileError[];
}

export interface ScanOptions {
  readonly followLinks?: boolean;
  readonly signal?: AbortSignal;
}

/** @throws FileError when the folder is missing, cannot be read or holds no picture */
export async function scanFolder(folder: string, { followLinks = false, signal }: ScanOptions): Promise<FolderScan> {
  const errors: FileError[] = [];
  const paths = await listImages(folder, { followLinks, onUnreadable: (error) => errors.push(error) });
  const whole = await realpath(resolve(folder));
  const below = (path: string) => relative(folder, path).split(sep).join("/");
  const found = await pMap(
    paths,
    async (path): Promise<FoundFile | undefined> => {
      signal?.throwIfAborted();
      try {
        const stats = await stat(path);
        return { path: below(path), bytes: stats.size, modified: stats.mtimeMs };
      } catch (cause) {
        const { code } = cause as NodeJS.ErrnoException;
        // one that is gone since the folder was listed is as if it had not been there
        if (code !== "ENOENT")
          errors.push(new FileError(path, `cannot be looked at (${code}): check its permissions`, { cause }));
        return undefined;
      }
    },
    { concurrency: 16 },
  );
  return {
    folder: whole,
    identity: await identityOf(whole),
    files: found.filter((file) => file !== undefined),
    unreadable: errors.map((error) => below(error.path)),
    errors,
  };
}

/** Tells a folder from another one at its path, as when a disk is taken away from where it was mounted; undefined when there is none. */
export async function identityOf(folder: string): Promise<string | undefined> {
  const stats = await stat(folder).catch(() => undefined);
  return stats && `${stats.dev} ${stats.ino}`;
}
