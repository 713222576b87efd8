/** Writing a whole file so that a reader, or a crash, meets the old content or the new, never a part. */
import { randomBytes } from "node:crypto";
import { lstat, open, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { FileError, PatchlabError } from "./errors.js";

/** What is to be replaced: a new or an ordinary file, or something that can only be written into. */
type Target = { replace: true; path: string; mode?: number } | { replace: false };

/** Text, written as UTF-8, or bytes that come part by part. */
export type Content = string | AsyncIterable<Uint8Array>;

/**
 * Writes `content` beside `path`, then renames it into place. Permissions of an existing file are kept, a link
 * stays a link, and a device or a pipe is written into and not replaced.
 *
 * @throws FileError when the folder is missing, read-only or full
 */
export async function writeAtomically(path: string, content: Content): Promise<void> {
  try {
    const target = await targetOf(path);
    if (target.replace) await replace(target.path, target.mode, content);
    else await writeFile(path, content);
  } catch (cause) {
    // what the content's own source has to say stays as it is
    if (cause instanceof PatchlabError) throw cause;
    const reason = (cause as Error).message;
    throw new FileError(
      path,
      `cannot be written (${reason}): check the folder and its free space, or choose another place`,
      {
        cause,
      },
    );
  }
}

async function targetOf(path: string): Promise<Target> {
  if (!(await lstat(path).catch(() => undefined))) return { replace: true, path };
  try {
    const real = await realpath(path);
    const found = await stat(real);
    return found.isFile() ? { replace: true, path: real, mode: found.mode & 0o777 } : { replace: false };
  } catch {
    return { replace: false };
  }
}

async function replace(path: string, mode: number | undefined, content: Content): Promise<void> {
  const draft = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    const file = await open(draft, "wx", mode ?? 0o666);
    try {
      await writeFile(file, content);
      if (mode !== undefined) await file.chmod(mode);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {});
    throw error;
  }
}
