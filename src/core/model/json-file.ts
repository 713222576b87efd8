/** Reads and checks the JSON files of model folders. */
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { CheckpointError, FileError } from "../errors.js";

/**
 * Reads a JSON file and checks it against a schema.
 *
 * @throws FileError when it cannot be read; CheckpointError naming the key when it is no JSON or does not fit
 */
export async function readModelJson<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  const parsed = schema.safeParse(await readJson(path));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const key = issue.path.join(".");
  throw new CheckpointError(path, `${key === "" ? "the file" : `"${key}"`} does not fit: ${issue.message}`, {
    entry: key,
    cause: parsed.error,
  });
}

async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new FileError(path, "cannot be read: a model folder needs this file", { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CheckpointError(path, "is no JSON file: download it again", { cause });
  }
}

/** The part of config.json that says which family a folder belongs to. */
export const familySchema: z.ZodType<{ model_type: string }> = z.looseObject({ model_type: z.string() });
