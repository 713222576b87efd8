/** The files beside an ONNX file in which it keeps weights: where they really lie, and that they hold what is read. */
import { existsSync } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { CheckpointError } from "../../errors.js";
import { fileInModelFolder } from "../../model-file.js";
import { eachField } from "./fields.js";
import type { OnnxGraph } from "./read-graph.js";

export interface ExternalFiles {
  /** the folder that holds all of them */
  folder: string;
  /** each file's name there, by the name that the ONNX file has for it */
  names: ReadonlyMap<string, string>;
}

/**
 * Looks for the files and checks that they are long enough.
 *
 * @returns undefined when all weights are in the ONNX file itself
 * @throws CheckpointError when one is missing, truncated, or neither in the ONNX file's folder nor, in the Hub's cache,
 *   among the blobs
 */
export async function findExternalFiles(path: string, { constants }: OnnxGraph): Promise<ExternalFiles | undefined> {
  const files = new Map<string, { real: string; size: number }>();
  for (const [entry, { external }] of constants) {
    if (!external) continue;
    const { location, offset, length = 0 } = external;
    let file = files.get(location);
    if (!file) {
      file = await findFile(path, location);
      files.set(location, file);
    }
    if (!(Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0))
      throw new CheckpointError(path, `keeps "${entry}" at no place in ${location}: export it again`, { entry });
    if (offset + length > file.size)
      throw new CheckpointError(
        path,
        `keeps "${entry}" in ${location} up to byte ${offset + length}, of which there are ${file.size}: it is truncated, download it again`,
        { entry },
      );
  }
  return files.size === 0 ? undefined : gathered(path, files);
}

async function findFile(path: string, location: string): Promise<{ real: string; size: number }> {
  // an ONNX file that is a link has its weights beside the link, or beside the file that it leads to
  const folder = existsSync(join(dirname(path), location)) ? dirname(path) : dirname(await realpath(path));
  try {
    const real = await fileInModelFolder(folder, location);
    return { real, size: (await stat(real)).size };
  } catch (cause) {
    const problem =
      cause instanceof CheckpointError && cause.message.includes("leads out")
        ? `names ${location} for its weights, which is outside its folder: put that file beside it, and trust neither unseen`
        : `keeps its weights in ${location}, which is missing or cannot be read: put it into the same folder`;
    throw new CheckpointError(path, problem, { cause });
  }
}

function gathered(path: string, files: ReadonlyMap<string, { real: string }>): ExternalFiles {
  const folders = new Set([...files.values()].map(({ real }) => dirname(real)));
  if (folders.size > 1)
    throw new CheckpointError(path, "keeps its weights in several folders: put all of them beside it");
  const [folder] = folders;
  return { folder, names: new Map([...files].map(([location, { real }]) => [location, basename(real)])) };
}

/**
 * The ONNX file's bytes with the files' real names for those that it has, which may be links: onnxruntime refuses links
 * that leave the folder, and the Hub's cache is made of them.
 */
export function withRealNames(bytes: Uint8Array, { names }: ExternalFiles): Uint8Array {
  if ([...names].every(([location, name]) => location === name)) return bytes;
  const renamed = (entry: Uint8Array) => {
    const [key, value] = ["", ""].map((_, i) => textOf(entry, i + 1));
    const name = key === "location" ? (names.get(value) ?? value) : value;
    const w = new BinaryWriter();
    w.tag(1, WireType.LengthDelimited).string(key).tag(2, WireType.LengthDelimited).string(name);
    return w.finish();
  };
  const tensor = (part: Uint8Array) => replaced(part, 13, renamed);
  const graph = (part: Uint8Array) => replaced(part, 5, tensor);
  return replaced(bytes, 7, graph);
}

/** The message with one field changed wherever it occurs; everything else is copied as it stands. */
function replaced(bytes: Uint8Array, field: number, change: (value: Uint8Array) => Uint8Array): Uint8Array {
  const reader = new BinaryReader(bytes);
  const w = new BinaryWriter();
  while (reader.pos < bytes.length) {
    const start = reader.pos;
    const [number, type] = reader.tag();
    if (number === field) w.tag(field, WireType.LengthDelimited).bytes(change(reader.bytes()));
    else {
      reader.skip(type, number);
      w.raw(bytes.subarray(start, reader.pos));
    }
  }
  return w.finish();
}

function textOf(bytes: Uint8Array, field: number): string {
  let text = "";
  eachField(bytes, {
    [field]: (r) => {
      text = r.string();
    },
  });
  return text;
}
