/**
 * Reads safetensors files: a JSON header that says where each tensor lies, then the tensors' bytes. Nothing the
 * header says is believed before it is checked against the file's size.
 *
 * @see https://huggingface.co/docs/safetensors (format section)
 */
import { type FileHandle, open } from "node:fs/promises";
import { z } from "zod";
import { CheckpointError, FileError } from "../errors.js";

/** The element types of the format. */
export type ElementName =
  | ("F64" | "F32" | "F16" | "BF16" | "F8_E4M3" | "F8_E5M2" | "BOOL")
  | ("I64" | "I32" | "I16" | "I8" | "U64" | "U32" | "U16" | "U8");

/** Bytes an element takes. */
export const elementBytes: Readonly<Record<ElementName, number>> = {
  ...{ F64: 8, F32: 4, F16: 2, BF16: 2, F8_E4M3: 1, F8_E5M2: 1, BOOL: 1 },
  ...{ I64: 8, I32: 4, I16: 2, I8: 1, U64: 8, U32: 4, U16: 2, U8: 1 },
};

export interface TensorEntry {
  type: ElementName;
  shape: readonly number[];
  /** first byte, from the start of the file */
  offset: number;
  /** bytes */
  length: number;
}

export interface SafetensorsHeader {
  path: string;
  tensors: ReadonlyMap<string, TensorEntry>;
  /** what the file says of itself in its `__metadata__` */
  metadata: Readonly<Record<string, string>>;
}

const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(z.number().int().nonnegative()),
  data_offsets: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
});

/** Texts by name; whatever else is there is left out. */
const metadataSchema: z.ZodType<Record<string, string>> = z.record(z.string(), z.string()).catch({});

/** The format's own limit for a header. */
const maxHeaderBytes = 100_000_000;

/**
 * Reads and checks the header of a safetensors file. The tensors' bytes are not read.
 *
 * @throws FileError when there is no such file
 * @throws CheckpointError for a truncated file, a header that is no JSON, offsets past the end of the file, tensors
 *   that overlap, sizes that disagree with the shape, or an element type that the format does not have
 */
export async function readSafetensorsHeader(path: string): Promise<SafetensorsHeader> {
  const file = await openFile(path);
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new FileError(path, "is no file: give the path of a safetensors file");
    const { size } = found;
    const headerBytes = await readHeaderBytes(file, path, size);
    const start = 8 + headerBytes.length;
    const { __metadata__, ...entries } = parseHeader(headerBytes, path);
    const tensors = new Map<string, TensorEntry>();
    for (const [name, value] of Object.entries(entries)) tensors.set(name, checkEntry(path, name, value, start, size));
    checkOverlaps(path, tensors);
    return { path, tensors, metadata: metadataSchema.parse(__metadata__) };
  } finally {
    await file.close();
  }
}

/** Reads one tensor as float32. @throws CheckpointError when it is missing or holds no F32, F16 or BF16 numbers */
export async function readTensor(header: SafetensorsHeader, name: string): Promise<Float32Array> {
  const entry = header.tensors.get(name);
  if (!entry) throw new CheckpointError(header.path, `has no tensor "${name}"`, { entry: name });
  return readTensorAt(header.path, name, entry);
}

/** Reads one tensor of whole numbers. @throws CheckpointError when it is missing or holds no I32 numbers */
export async function readIntegers({ path, tensors }: SafetensorsHeader, name: string): Promise<Int32Array> {
  const entry = tensors.get(name);
  if (!entry) throw new CheckpointError(path, `has no tensor "${name}"`, { entry: name });
  if (entry.type !== "I32")
    throw new CheckpointError(path, `tensor "${name}" has element type ${entry.type} where I32 is expected`, {
      entry: name,
    });
  return new Int32Array((await readBytesAt(path, name, entry)).buffer);
}

/** Reads the tensor at its entry's place in the file, as float32. */
export async function readTensorAt(path: string, name: string, entry: TensorEntry): Promise<Float32Array> {
  const type = floatType(path, name, entry);
  return toFloat32(await readBytesAt(path, name, entry), type);
}

async function readBytesAt(path: string, name: string, entry: TensorEntry): Promise<Uint8Array<ArrayBuffer>> {
  const file = await openFile(path);
  try {
    const bytes = new Uint8Array(entry.length);
    const { bytesRead } = await file.read(bytes, 0, entry.length, entry.offset);
    if (bytesRead !== entry.length) throw truncated(path, name);
    return bytes;
  } finally {
    await file.close();
  }
}

export type FloatType = "F32" | "F16" | "BF16";

/** The entry's type where numbers to compute with are needed. @throws CheckpointError for any other */
export function floatType(path: string, name: string, { type }: TensorEntry): FloatType {
  if (type === "F32" || type === "F16" || type === "BF16") return type;
  throw new CheckpointError(
    path,
    `tensor "${name}" has element type ${type} where F32, F16 or BF16 is expected: download the float version`,
    { entry: name },
  );
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path);
  } catch (cause) {
    throw new FileError(path, "cannot be opened: give the path of a safetensors file that you may read", { cause });
  }
}

function truncated(path: string, name?: string): CheckpointError {
  const where = name === undefined ? "its header" : `tensor "${name}"`;
  return new CheckpointError(path, `ends before the end of ${where}: it is truncated, download it again`, {
    entry: name,
  });
}

async function readHeaderBytes(file: FileHandle, path: string, size: number): Promise<Uint8Array> {
  if (size < 8) throw new CheckpointError(path, `has ${size} bytes and is no safetensors file: download it again`);
  const prefix = Buffer.alloc(8);
  await file.read(prefix, 0, 8, 0);
  const length = prefix.readBigUInt64LE();
  if (length > maxHeaderBytes)
    throw new CheckpointError(
      path,
      `is no safetensors file: check what it is, such as a web page or a pointer of Git LFS, and download it again`,
    );
  if (8n + length > BigInt(size)) throw truncated(path);
  const bytes = new Uint8Array(Number(length));
  await file.read(bytes, 0, bytes.length, 8);
  return bytes;
}

function parseHeader(bytes: Uint8Array, path: string): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return z.record(z.string(), z.unknown()).parse(header);
  } catch (cause) {
    throw new CheckpointError(path, "has a header that is no JSON object: it is no safetensors file", { cause });
  }
}

function checkEntry(path: string, name: string, value: unknown, start: number, fileSize: number): TensorEntry {
  const fail = (problem: string) => new CheckpointError(path, `tensor "${name}" ${problem}`, { entry: name });
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success) throw fail("has no usable dtype, shape and data_offsets in the header");
  const { dtype, shape, data_offsets } = parsed.data;
  if (!Object.hasOwn(elementBytes, dtype)) throw fail(`has the element type ${dtype}, which safetensors does not have`);
  const type = dtype as ElementName;
  const [begin, end] = data_offsets;
  const expected = shape.reduce((product, n) => product * n, elementBytes[type]);
  if (end - begin !== expected)
    throw fail(`takes ${end - begin} bytes where shape [${shape.join(", ")}] of ${type} needs ${expected}`);
  if (start + end > fileSize) throw truncated(path, name);
  return { type, shape, offset: start + begin, length: expected };
}

function checkOverlaps(path: string, tensors: Map<string, TensorEntry>): void {
  const inOrder = [...tensors].filter(([, t]) => t.length > 0).sort(([, a], [, b]) => a.offset - b.offset);
  for (let i = 1; i < inOrder.length; i++) {
    const [before, previous] = inOrder[i - 1];
    const [name, entry] = inOrder[i];
    if (entry.offset < previous.offset + previous.length)
      throw new CheckpointError(path, `tensors "${before}" and "${name}" overlap`, { entry: name });
  }
}

function toFloat32(bytes: Uint8Array, type: FloatType): Float32Array {
  if (type === "F32") return new Float32Array(bytes.buffer);
  const halves = new Uint16Array(bytes.buffer);
  if (type === "F16") return Float32Array.from(halves, halfToNumber);
  const words = Uint32Array.from(halves, (h) => h << 16);
  return new Float32Array(words.buffer);
}

/** The value of an IEEE 754 half-precision number given by its bits. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
