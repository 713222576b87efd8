/**
 * An index in one file: a header as JSON, the graph's arrays one after the other, and a SHA-256 over all of it. A file
 * is written under another name and put in place as a whole; it is read completely, and nothing of it is used before
 * its checksum has proved right.
 */
import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { z } from "zod";
import { writeAtomically } from "../../atomic-write.js";
import { Graph, type GraphSettings } from "./graph.js";

/** What the graph itself tells. */
interface Facts {
  dim: number;
  /** vectors in it, those included that have gone since */
  rows: number;
  connectivity: number;
  expansionAdd: number;
  expansionSearch: number;
}

/** What an index says of itself. */
export interface IndexHeader extends Facts {
  format: 1;
  /** what the vectors are */
  identity: string;
  entry: { node: number; level: number };
  /** bytes of each array, in the order in which they lie in the file */
  arrays: number[];
  /** as measured when the index held `rows` of them */
  recall: { k: number; value: number; queries: number; rows: number };
}

const count = z.int().nonnegative();

const headerSchema: z.ZodType<IndexHeader> = z.strictObject({
  format: z.literal(1),
  identity: z.string(),
  ...{ dim: count.min(1).max(2 ** 16), rows: count.min(1), connectivity: count.min(2).max(512) },
  ...{ expansionAdd: count.min(1), expansionSearch: count.min(1) },
  entry: z.strictObject({ node: count, level: count }),
  arrays: z.array(count),
  recall: z.strictObject({ k: count, value: z.number().min(0).max(1), queries: count, rows: count }),
});

const magic = Buffer.from("PLHNSW01", "latin1");
const hashBytes = 32;
/** the magic and the header's length */
const startBytes = magic.length + 4;
/** a header has some hundred bytes; its identity is its caller's */
const mostHeaderBytes = 2 ** 20;
/** bytes in one piece */
const atOnce = 2 ** 22;

/** Writes header and graph. @throws FileError when the file cannot be written */
export async function writeIndexFile(
  path: string,
  facts: Omit<IndexHeader, "format" | "entry" | "arrays" | keyof Facts>,
  graph: Graph,
): Promise<void> {
  const arrays = Object.values(graph.arrays());
  const sizes = arrays.map(({ length }) => length);
  const { dim, connectivity, expansionAdd, expansionSearch } = graph.settings;
  const settings: Facts = { dim, connectivity, expansionAdd, expansionSearch, rows: graph.nodes };
  const header: IndexHeader = { format: 1, ...facts, ...settings, entry: graph.entry, arrays: sizes };
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  await writeAtomically(path, content(Buffer.concat([magic, length, text]), arrays));
}

async function* content(start: Buffer, arrays: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  for (const bytes of [start, ...arrays])
    for (let at = 0; at < bytes.length; at += atOnce) {
      // out of the memory that threads share, which files are not written from
      const piece = Uint8Array.from(bytes.subarray(at, at + atOnce));
      hash.update(piece);
      yield piece;
    }
  yield hash.digest();
}

/** What a file is wanted for. */
export interface WantedIndex {
  identity: string;
  settings: GraphSettings;
}

export interface OpenedIndex {
  header: IndexHeader;
  graph: Graph;
}

/** The index in a file, or why it cannot be used: it is missing, damaged, of other vectors or built in another way. */
export async function readIndexFile(path: string, wanted: WantedIndex): Promise<OpenedIndex | { problem: string }> {
  let file: FileHandle;
  try {
    // a pipe in its place must not keep this waiting
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { problem: code === "ENOENT" ? "does not exist" : `cannot be opened (${code ?? message})` };
  }
  try {
    return await readFrom(file, wanted);
  } catch (error) {
    return { problem: `cannot be read (${(error as Error).message})` };
  } finally {
    await file.close();
  }
}

async function readFrom(file: FileHandle, wanted: WantedIndex): Promise<OpenedIndex | { problem: string }> {
  const stats = await file.stat();
  if (!stats.isFile()) return { problem: "is no file" };
  const start = await readBytes(file, 0, startBytes);
  if (!start?.subarray(0, magic.length).equals(magic)) return { problem: "is no index" };
  const headerBytes = start.readUInt32LE(magic.length);
  const text = headerBytes > mostHeaderBytes ? undefined : await readBytes(file, startBytes, headerBytes);
  const header = text && parseHeader(text);
  if (!header) return { problem: "has a header that cannot be used" };
  if (!isWanted(header, wanted)) return { problem: "is of other vectors, or was built in another way" };
  const first = startBytes + headerBytes;
  const bytes = header.arrays.reduce((sum, length) => sum + length, first + hashBytes);
  if (bytes !== stats.size) return { problem: "is cut short, or longer than it says" };
  return fillGraph(file, { header, start: Buffer.concat([start, text]) }, wanted);
}

function isWanted(header: IndexHeader, { identity, settings }: WantedIndex): boolean {
  const { dim, connectivity, expansionAdd } = settings;
  return (
    header.identity === identity &&
    header.dim === dim &&
    header.connectivity === connectivity &&
    header.expansionAdd === expansionAdd
  );
}

function parseHeader(text: Buffer): IndexHeader | undefined {
  try {
    return headerSchema.safeParse(JSON.parse(String(text))).data;
  } catch {
    return undefined;
  }
}

/** Memory is taken for what the file holds, which was compared with its size. */
async function fillGraph(
  file: FileHandle,
  { header, start }: { header: IndexHeader; start: Buffer },
  { settings }: WantedIndex,
): Promise<OpenedIndex | { problem: string }> {
  const { rows, entry } = header;
  // the smallest record has 32 numbers: more rows than that cannot lie in a file of this size
  if (!(rows * (32 + 4 * (2 * header.connectivity + 1)) <= header.arrays.reduce((a, b) => a + b, 0)))
    return { problem: "says that it holds more than it does" };
  const graph = new Graph(rows, settings);
  const arrays = Object.values(graph.arrays(rows));
  if (arrays.some(({ length }, i) => header.arrays[i] !== length)) return { problem: "has arrays of other sizes" };
  const hash = createHash("sha256").update(start);
  let position = start.length;
  for (const array of arrays)
    for (let at = 0; at < array.length; at += atOnce) {
      const piece = await readBytes(file, position, Math.min(atOnce, array.length - at));
      if (!piece) return { problem: "is cut short" };
      hash.update(piece);
      array.set(piece, at);
      position += piece.length;
    }
  const told = await readBytes(file, position, hashBytes);
  if (!told?.equals(hash.digest())) return { problem: "is damaged: its checksum is another" };
  if (!graph.take(rows, entry)) return { problem: "has links that lead nowhere" };
  return { header, graph };
}

/** @returns undefined when the file ends before that */
async function readBytes(file: FileHandle, position: number, length: number): Promise<Buffer | undefined> {
  const bytes = Buffer.allocUnsafe(length);
  for (let at = 0; at < length; ) {
    const { bytesRead } = await file.read(bytes, at, length - at, position + at);
    if (bytesRead === 0) return undefined;
    at += bytesRead;
  }
  return bytes;
}
