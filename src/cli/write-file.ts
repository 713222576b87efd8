/** Writes a command's result where the user asked for it. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { FileError } from "../core/errors.js";

/** Makes the folder when it is missing. @throws FileError when the file cannot be written */
export async function writeResult(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  } catch (cause) {
    throw new FileError(path, `cannot be written (${(cause as Error).message}): choose another place`, { cause });
  }
}
