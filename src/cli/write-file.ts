/** Writes a command's result where the user asked for it. */
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { writeAtomically } from "../core/atomic-write.js";
import { FileError } from "../core/errors.js";

/** Makes the folder when it is missing. @throws FileError when the file cannot be written */
export async function writeResult(path: string, text: string): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true }).catch((cause: Error) => {
    throw new FileError(folder, `cannot be made (${cause.message}): choose another place`, { cause });
  });
  await writeAtomically(path, text);
}
