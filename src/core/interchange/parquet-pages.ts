/**
 * The pages of one column of a Parquet file, one after the other, so that no more than one is in memory. hyparquet
 * would hold whole row groups, and write past the end of its arrays where a damaged page tells it to.
 *
 * @see https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift (PageHeader)
 */
import { unpack } from "./parquet-codecs.js";
import { readHybrid } from "./parquet-hybrid.js";
import { checkJustified, type SizedFile } from "./sized-file.js";
import { readThrift, type ThriftStruct } from "./thrift.js";

/** Where a column's pages lie in one row group. */
export interface Chunk {
  readonly codec: string;
  /** first byte and the one after the last */
  readonly start: number;
  readonly end: number;
  /** values, those that are missing included */
  readonly values: number;
}

/** How deep a column's values lie. */
export interface Depths {
  /** repetition level of an entry in a list, 0 where there are no lists */
  readonly repetition: number;
  /** definition level of a value that is there */
  readonly definition: number;
}

export interface Page {
  /** `dictionary` holds the values that other pages refer to */
  readonly kind: "data" | "dictionary";
  readonly encoding: number;
  /** values, those that are missing included */
  readonly count: number;
  /** [count] each value's level: 0 where a row begins */
  readonly repetition: Uint8Array;
  /** [count] each value's level: that of the column where the value is there */
  readonly definition: Uint8Array;
  /** how many values are there */
  readonly present: number;
  /** the values' bytes */
  readonly content: Uint8Array;
}

/** @throws Error when a page is not what its header says */
export async function* readPages(file: SizedFile, chunk: Chunk, depths: Depths): AsyncGenerator<Page> {
  let values = 0;
  for (let at = chunk.start; values < chunk.values; ) {
    if (at >= chunk.end) throw new Error(`its pages hold less than the ${chunk.values} values that it tells`);
    const window = await file.read(at, Math.min(mostHeaderBytes, chunk.end - at));
    const { struct, end } = readThrift(window);
    const header = headerOf(struct);
    const body = at + end;
    at = body + header.packed;
    if (at > chunk.end) throw new Error(`a page of ${header.packed} bytes goes past the end of its column`);
    if (header.kind === "index") continue;
    checkJustified("a page", file.size, Math.max(header.size, 4 * header.count));
    const page = open(header, await file.read(body, header.packed), chunk.codec, depths);
    if (page.kind === "data") values += page.count;
    if (values > chunk.values) throw new Error(`its pages hold more than the ${chunk.values} values that it tells`);
    yield page;
  }
}

const mostHeaderBytes = 2 ** 16;

interface Header {
  readonly kind: "data" | "data2" | "dictionary" | "index";
  /** bytes in the file */
  readonly packed: number;
  /** bytes once unpacked */
  readonly size: number;
  readonly count: number;
  readonly encoding: number;
  /** of version 2: bytes of the levels, which are never packed, and whether the rest is */
  readonly levels?: { repetition: number; definition: number; restPacked: boolean };
}

const kinds = ["data", "index", "dictionary", "data2"] as const;
/** the field with the numbers of each kind of page */
const details = { data: 5, index: 6, dictionary: 7, data2: 8 } as const;

function headerOf(struct: ThriftStruct): Header {
  const kind = kinds[natural(struct, 1)];
  if (kind === undefined) throw new Error(`there is no page of the kind ${natural(struct, 1)}`);
  const sizes = { packed: natural(struct, 3), size: natural(struct, 2) };
  if (kind === "index") return { kind, ...sizes, count: 0, encoding: 0 };
  const detail = struct.get(details[kind]);
  if (!(detail instanceof Map)) throw new Error("a page has no header of its kind");
  const count = natural(detail, 1);
  if (kind !== "data2") return { kind, ...sizes, count, encoding: natural(detail, 2) };
  const levels = {
    definition: natural(detail, 5),
    repetition: natural(detail, 6),
    restPacked: detail.get(7) !== false,
  };
  return { kind, ...sizes, count, encoding: natural(detail, 4), levels };
}

function natural(struct: ThriftStruct, field: number): number {
  const value = struct.get(field);
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new Error(`a page's header has ${value} as its field ${field}`);
}

const none = new Uint8Array(0);

function open(header: Header, bytes: Uint8Array, codec: string, depths: Depths): Page {
  const { kind, count, encoding, size, levels } = header;
  if (kind === "dictionary") {
    const content = unpack(codec, bytes, size);
    return { kind, encoding, count, repetition: none, definition: none, present: count, content };
  }
  const { repetition, definition, rest } = levels
    ? separateLevels(bytes, levels, size, codec)
    : leadingLevels(unpack(codec, bytes, size), depths);
  const defined = levelsOf(definition, depths.definition, count);
  let present = 0;
  for (const level of defined) present += level === depths.definition ? 1 : 0;
  return {
    ...{ kind: "data", encoding, count, content: rest, definition: defined, present },
    repetition: levelsOf(repetition, depths.repetition, count),
  };
}

/** The bytes of the levels and of the values. */
interface Split {
  repetition: Uint8Array;
  definition: Uint8Array;
  rest: Uint8Array;
}

/** Version 2: the levels lie before what is packed. */
function separateLevels(
  bytes: Uint8Array,
  { repetition, definition, restPacked }: NonNullable<Header["levels"]>,
  size: number,
  codec: string,
): Split {
  const before = repetition + definition;
  if (before > bytes.length || before > size) throw new Error("a page ends within its levels");
  const rest = bytes.subarray(before);
  return {
    repetition: bytes.subarray(0, repetition),
    definition: bytes.subarray(repetition, before),
    rest: unpack(restPacked ? codec : "UNCOMPRESSED", rest, size - before),
  };
}

/** Version 1: the levels lie at the start of what was packed, each after their size; those that are all 0 are left out. */
function leadingLevels(content: Uint8Array, depths: Depths): Split {
  let rest = content;
  const next = (depth: number): Uint8Array => {
    if (depth === 0) return none;
    const size = rest.length < 4 ? Infinity : new DataView(rest.buffer, rest.byteOffset).getUint32(0, true);
    if (4 + size > rest.length) throw new Error("a page ends within its levels");
    const levels = rest.subarray(4, 4 + size);
    rest = rest.subarray(4 + size);
    return levels;
  };
  const [repetition, definition] = [next(depths.repetition), next(depths.definition)];
  return { repetition, definition, rest };
}

function levelsOf(bytes: Uint8Array, depth: number, count: number): Uint8Array {
  const levels = new Uint8Array(count);
  if (depth > 0) readHybrid(bytes, 32 - Math.clz32(depth), levels);
  return levels;
}
