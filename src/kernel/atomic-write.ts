/** Writing a whole file so that a reader, or a crash, meets the old content or the new, never a part. */
import { randomBytes } from "node:crypto";
import { open, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { FileError } from "../core/errors.js";

/** Follows a link, so that replacing the file leaves the link in place; a new file is its own target. */
async function target(path: string): Promise<{ path: string; mode?: number }> {
  try {
    const real = await realpath(path);
    return { path: real, mode: (await stat(real)).mode & 0o777 };
  } catch {
    return { path };
  }
}

/**
 * Writes `text` as UTF-8 beside `path`, then renames it into place. Permissions of an existing file are kept.
 *
 * @throws FileError when the folder is missing, read-only or full
 */
export async function writeAtomically(path: string, text: string): Promise<void> {
  const { path: real, mode } = await target(path);
  const temporary = join(dirname(real), `.${basename(real)}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    const file = await open(temporary, "wx", mode ?? 0o666);
    try {
      await file.writeFile(text);
      if (mode !== undefined) await file.chmod(mode);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, real);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new FileError(path, `cannot be written (${(cause as Error).message}): check the folder and its free space`, {
      cause,
    });
  }
}
