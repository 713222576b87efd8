/** Trained heads as files that other machines can use: NAME.json, and NAME.safetensors with the numbers. */
import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { basename, dirname, extname, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { writeAtomically } from "../atomic-write.js";
import { ArgumentError, CheckpointError, FileError, FormatError } from "../errors.js";
import { readIntegers, readSafetensorsHeader, readTensor, type SafetensorsHeader } from "../model/safetensors.js";
import { writeSafetensors } from "../model/safetensors-write.js";
import { fileInModelFolder } from "../model-file.js";
import { ownVersion } from "../own-version.js";
import { type HeadJson, headFormat, headSchema, headVersion } from "./head-json.js";
import { classifierOf, type HeadTensor, settingsOf, shapesOf, tensorsOf, wholeNumbers } from "./head-tensors.js";
import { located, portable } from "./portable-path.js";
import type { SavedHead } from "./saved-head.js";

/** Many thousands of classes take some megabytes; a larger file is something else. */
const maxBytes = 2 ** 26;

const advice = "give the .json file of a saved head";
const copyBoth = "copy both files again";

/** What `trainHead` returns is one where the embeddings say whose vectors they are. */
export type HeadToSave = Omit<SavedHead, "space"> & Partial<Pick<SavedHead, "space">>;

/** The file of the numbers. @throws ArgumentError unless the path ends in .json */
export function headTensorsPath(path: string): string {
  if (extname(path).toLowerCase() !== ".json")
    throw new ArgumentError("path", `is ${path}: give a name that ends in .json, beside which the numbers will lie`);
  return `${path.slice(0, -".json".length)}.safetensors`;
}

/**
 * Checks that the places of a head's two files are free, or taken by another head.
 *
 * @throws FileError when something else lies there, such as a model's weights; ArgumentError unless the path ends in .json
 */
export async function checkHeadPlace(path: string): Promise<void> {
  const tensors = headTensorsPath(path);
  const isHead = {
    [path]: async () => ((await readJson(path)) as { format?: unknown } | null)?.format === headFormat,
    [tensors]: async () => (await readSafetensorsHeader(tensors)).metadata.format === headFormat,
  };
  for (const [file, check] of Object.entries(isHead))
    if (existsSync(file) && !(await check().catch(() => false)))
      throw new FileError(file, "lies where the head would go and is none: move it away, or choose another name");
}

/**
 * Writes a head: class names, settings, backbone and evaluation as JSON, and the numbers beside it as
 * `NAME.safetensors`. A backbone given by its folder is written down by its path from the head on, so that both can
 * be moved together; what decides is its fingerprint.
 *
 * @param path ends in .json
 * @throws ShapeError, NotFiniteError, ArgumentError when the head cannot be used or lacks its space; FileError when the
 *   files cannot be written, or others that are no head's lie there
 */
export async function saveHead(path: string, head: HeadToSave): Promise<void> {
  await checkHeadPlace(path);
  const { classifier, space, training, evaluation } = head;
  if (!space)
    throw new ArgumentError("head", "does not say whose vectors it takes: add space, what spaceOf(model) returns");
  const file = headTensorsPath(path);
  const { classes, dim } = classifier;
  const sizes = { classes: [...classes], dim, scaling: classifier.scaling.rule, classifier: settingsOf(classifier) };
  const tensors = tensorsOf(classifier);
  classifierOf(sizes, tensors);
  const { modelSource, ...backbone } = space;
  const content = {
    ...{ format: headFormat, version: headVersion, patchlab: ownVersion(), ...sizes },
    backbone: { ...backbone, ...(modelSource === undefined ? {} : { modelSource: portable(modelSource, path) }) },
    training,
    ...(evaluation ? { evaluation } : {}),
  };
  // nothing is written that could not be read again, and all of it in the order of the schema
  const draft = { file: basename(file), bytes: 1, sha256: "0".repeat(64) };
  const json = checked(path, { ...content, tensors: draft }, ArgumentError);
  await writeSafetensors(file, Object.entries(tensors).map(toWrite), { format: headFormat });
  const written = { ...json.tensors, bytes: (await stat(file)).size, sha256: await sha256(file) };
  await writeAtomically(path, `${JSON.stringify({ ...json, tensors: written }, null, 2)}\n`);
}

/**
 * Reads a head that `saveHead` wrote. Its two files must belong together, byte by byte.
 *
 * @throws FileError when it cannot be read; FormatError when it is no head, comes from a newer version, or does not fit
 *   its numbers, which are missing, cut short, from another head, or NaN
 */
export async function loadHead(path: string): Promise<SavedHead> {
  const json = checked(path, await readJson(path), FormatError);
  const file = await tensorsFile(path, json);
  try {
    const header = await readSafetensorsHeader(file);
    const tensors = Object.fromEntries(
      await Promise.all(
        Object.entries(shapesOf(json)).map(async ([name, shape]) => [name, await read(header, name, shape)]),
      ),
    );
    const { backbone, training, evaluation } = json;
    const { modelSource, reading, ...space } = backbone;
    return {
      classifier: classifierOf(json, tensors),
      space: {
        ...space,
        ...(modelSource === undefined ? {} : { modelSource: located(modelSource, path) }),
        ...(reading ? { reading } : {}),
      },
      training,
      ...(evaluation ? { evaluation } : {}),
    };
  } catch (cause) {
    if (!(cause instanceof CheckpointError || cause instanceof ArgumentError)) throw cause;
    const problem = cause instanceof CheckpointError ? cause.message.slice(cause.path.length + 2) : cause.message;
    throw new FormatError(file, `does not hold the numbers of ${path} (${problem}): ${copyBoth}`, { cause });
  }
}

function toWrite([name, { shape, data }]: [string, HeadTensor]) {
  const bytes = () => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { name, type: data instanceof Int32Array ? "I32" : "F32", shape, bytes } as const;
}

async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new FormatError(path, `is no file: ${advice}`);
    if (found.size > maxBytes) throw new FormatError(path, `has ${found.size} bytes, too many for a head: ${advice}`);
    text = await readFile(path, "utf8");
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    throw new FileError(path, `cannot be read (${(cause as Error).message}): ${advice}`, { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FormatError(path, `is no JSON: ${advice}`, { cause });
  }
}

function checked(path: string, value: unknown, Failure: typeof FormatError | typeof ArgumentError): HeadJson {
  const { format, version } = (value ?? {}) as { format?: unknown; version?: unknown };
  if (format !== headFormat) throw new Failure(path, `is no head of patchlab's: ${advice}`);
  if (typeof version === "number" && version > headVersion)
    throw new Failure(
      path,
      `comes from a newer patchlab (format ${version}, this one knows ${headVersion}): update it`,
    );
  const parsed = headSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path: keys, message } = parsed.error.issues[0];
  throw new Failure(path, `cannot be used, since "${keys.join(".")}" is wrong (${message}): save the head again`, {
    cause: parsed.error,
  });
}

/** Where the numbers lie, which must be those that the JSON was written with. */
async function tensorsFile(path: string, { tensors: { file, bytes, sha256: expected } }: HeadJson): Promise<string> {
  const real = await fileInModelFolder(dirname(path), file).catch((cause: Error) => {
    if (!(cause instanceof CheckpointError)) throw cause;
    const problem = cause.message.includes("leads out") ? "is a link out of its folder" : "is not there";
    throw new FormatError(resolve(path, "..", file), `${problem}, but holds the numbers of ${path}: ${copyBoth}`, {
      cause,
    });
  });
  const { size } = await stat(real);
  if (size !== bytes)
    throw new FormatError(
      real,
      `has ${size} bytes where ${path} says ${bytes}: it is cut short or another's, ${copyBoth}`,
    );
  if ((await sha256(real)) !== expected)
    throw new FormatError(real, `is not the file that ${path} was saved with: ${copyBoth}`);
  return real;
}

async function read(header: SafetensorsHeader, name: string, shape: readonly number[]): Promise<HeadTensor> {
  const entry = header.tensors.get(name);
  // before memory is taken for it
  if (entry && entry.shape.join() !== shape.join())
    throw new CheckpointError(
      header.path,
      `tensor "${name}" has the shape [${entry.shape}] where [${shape}] is expected`,
    );
  return { shape, data: await (wholeNumbers.includes(name) ? readIntegers : readTensor)(header, name) };
}

async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash).catch((cause: Error) => {
    throw new FileError(path, `cannot be read (${cause.message}): check its permissions`, { cause });
  });
  return hash.digest("hex");
}
