/** The text of a notebook file. */
import { readFile, stat } from "node:fs/promises";
import { FileError, FormatError } from "../../core/errors.js";

/** More than any notebook, and less than what would fill the memory. */
const largestNotebook = 256 * 2 ** 20;

/**
 * @throws FileError when it is missing or cannot be read, FormatError when it is too long or no text
 */
export async function readNotebookText(path: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    const { size } = await stat(path);
    if (size > largestNotebook) {
      throw new FormatError(
        path,
        `is ${size} bytes long, and a notebook may have ${largestNotebook}: clear its outputs`,
      );
    }
    bytes = await readFile(path);
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    const problem = code === "ENOENT" ? "there is no such notebook: check the path" : `cannot be read (${message})`;
    throw new FileError(path, problem, { cause });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new FormatError(path, "expected a notebook, but it is not UTF-8 text", { cause });
  }
}
