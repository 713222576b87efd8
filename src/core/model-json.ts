/** Reads and checks the small JSON files of model folders. */
import { lstat, readFile, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { z } from "zod";
import { CheckpointError, FileError } from "./errors.js";
import { fileInModelFolder } from "./model-file.js";

/** Such a file has a few kilobytes; a larger one is something else. */
const maxBytes = 2 ** 20;

/**
 * The file's text, or undefined when there is no such file.
 *
 * @throws FileError when it cannot be read; CheckpointError when it is too large to be such a file, or a link out of
 *   the model's folder
 */
export async function readModelText(path: string): Promise<string | undefined> {
  try {
    const found = await stat(path);
    if ((await lstat(path)).isSymbolicLink()) await fileInModelFolder(dirname(path), basename(path));
    if (!found.isFile()) throw new CheckpointError(path, "is no file: a model folder needs this file");
    const { size } = found;
    if (size > maxBytes) throw new CheckpointError(path, `has ${size} bytes where a few thousand are expected`);
    return await readFile(path, "utf8");
  } catch (cause) {
    if (cause instanceof CheckpointError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw new FileError(path, `cannot be read (${code ?? message}): check its permissions`, { cause });
  }
}

/** The text as what the schema describes. @throws CheckpointError naming the file and, in `entry`, the key at fault */
export function parseModelJson<T>(text: string, path: string, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new CheckpointError(path, "is no JSON: download it again", { cause });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path: keys, message } = parsed.error.issues[0];
  const entry = keys.join(".");
  const what = entry === "" ? "the file" : `"${entry}"`;
  throw new CheckpointError(path, `${what} cannot be used: ${message}`, { entry, cause: parsed.error });
}

/** Both in one. @throws FileError also when there is no such file */
export async function readModelJson<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  const text = await readModelText(path);
  if (text === undefined) throw new FileError(path, "is missing: a model folder needs this file");
  return parseModelJson(text, path, schema);
}
