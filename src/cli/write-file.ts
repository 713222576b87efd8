/** Writes a command's result where the user asked for it. */
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { writeAtomically } from "../core/atomic-write.js";
import { FileError } from "../core/errors.js";

/** Makes the folder when it is missing. @throws FileError when the file cannot be written */
export async function writeResult(path: string, text: string): Promise<void> {
  await makeFolderOf(path);
  await writeAtomically(path, text);
}

/** @throws FileError when it cannot be made */
export async function makeFolderOf(path: string): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true }).catch((cause: Error) => {
    throw new FileError(folder, `cannot be made (${cause.message}): choose another place`, { cause });
  });
}
