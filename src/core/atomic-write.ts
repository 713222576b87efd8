/** Writing a whole file so that a reader, or a crash, meets the old content or the new, never a part. */
import { randomBytes } from "node:crypto";
import { lstat, open, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { FileError } from "./errors.js";

/** What is to be replaced: a new or an ordinary file, or something that can only be written into. */
type Target = { replace: true; path: string; mode?: number } | { replace: false };

/**
 * Writes `text` as UTF-8 beside `path`, then renames it into place. Permissions of an existing file are kept, a link
 * stays a link, and a device or a pipe is written into and not replaced.
 *
 * @throws FileError when the folder is missing, read-only or full
 */
export async function writeAtomically(path: string, text: string): Promise<void> {
  try {
    const target = await targetOf(path);
    if (target.replace) await replace(target.path, target.mode, text);
    else await writeFile(path, text);
  } catch (cause) {
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

async function replace(path: string, mode: number | undefined, text: string): Promise<void> {
  const draft = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    const file = await open(draft, "wx", mode ?? 0o666);
    try {
      await file.writeFile(text);
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
