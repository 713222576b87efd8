/** Reads vectors from HDF5 through h5wasm, in the thread for it. Errors are those of the file. */
import type { Matrix } from "../numeric/matrix.js";
import { fromHalf } from "./half.js";
import { bytesAtOnce, featuresDataset, labelsDataset, namesDataset } from "./hdf5-datasets.js";
import { type Hdf5Library, type Metadata, shownFile, withLibrary } from "./hdf5-library.js";
import { limitMemory } from "./hdf5-memory.js";
import { checkJustified, justified } from "./sized-file.js";
import { type VectorTable, vectorTable } from "./vector-table.js";

/** An open file of the library's. */
interface OpenFile {
  readonly library: Hdf5Library;
  readonly id: bigint;
  /** bytes */
  readonly size: number;
  readonly onPart: () => void;
}

/** bytes that the library and the reading of parts take whatever the file */
const ownMemory = 2 ** 26;

/** @param onPart called after every part */
export function readFeatures(path: string, onPart: () => void): Promise<VectorTable> {
  return withLibrary(path, "r", (library, size) => {
    limitMemory(ownMemory + justified(size));
    const id = library.open(shownFile, library.H5F_ACC_RDONLY, false, -1, -1);
    if (id < 0n) throw new Error("the library cannot open it");
    try {
      return tableOf({ library, id, size, onPart });
    } finally {
      library.close_file(id);
    }
  });
}

function tableOf(file: OpenFile): VectorTable {
  const there = datasets(file);
  if (!there.includes(featuresDataset))
    throw new Error(`it has no dataset "${featuresDataset}", but ${JSON.stringify(there.slice(0, 10))}`);
  const texts = (name: string): string[] | undefined => (there.includes(name) ? readTexts(file, name) : undefined);
  return vectorTable(readMatrix(file), texts(namesDataset), texts(labelsDataset));
}

function datasets({ library, id }: OpenFile): string[] {
  try {
    return library.get_names(id, "/", false);
  } catch (cause) {
    throw new Error("its datasets cannot be listed", { cause });
  }
}

const integer = 0;
const float = 1;
const string = 3;

function readMatrix(file: OpenFile): Matrix {
  const metadata = metadataOf(file, featuresDataset);
  const { shape, type, size } = metadata;
  if (shape?.length !== 2)
    throw new Error(`"${featuresDataset}" has ${shape?.length ?? 0} dimensions where 2 are expected`);
  if (!(type === integer || type === float) || ![1, 2, 4, 8].includes(size))
    throw new Error(`"${featuresDataset}" holds no numbers of 1, 2, 4 or 8 bytes`);
  const [rows, cols] = shape;
  checkJustified("it", file.size, rows * cols * Math.max(4, size));
  if (rows * cols === 0) return { data: new Float32Array(0), rows, cols };
  const data = new Float32Array(rows * cols);
  const decoded = decoder(metadata);
  let at = 0;
  for (const bytes of parts(file, featuresDataset, metadata)) {
    const numbers = decoded(bytes);
    data.set(numbers, at);
    at += numbers.length;
  }
  return { data, rows, cols };
}

function metadataOf({ library, id }: OpenFile, name: string): Metadata {
  try {
    return library.get_dataset_metadata(id, name);
  } catch (cause) {
    throw new Error(`"${name}" is no dataset that can be opened`, { cause });
  }
}

/** How little-endian bytes, as the library gives them, become numbers. */
function decoder({ type, size, signed }: Metadata): (bytes: Uint8Array) => ArrayLike<number> {
  if (type === float && size === 2) return ({ buffer }) => Float32Array.from(new Uint16Array(buffer), fromHalf);
  if (type === float && size === 4) return ({ buffer }) => new Float32Array(buffer);
  if (type === float && size === 8) return ({ buffer }) => new Float64Array(buffer);
  if (size === 1) return ({ buffer }) => (signed ? new Int8Array(buffer) : new Uint8Array(buffer));
  if (size === 2) return ({ buffer }) => (signed ? new Int16Array(buffer) : new Uint16Array(buffer));
  if (size === 4) return ({ buffer }) => (signed ? new Int32Array(buffer) : new Uint32Array(buffer));
  return ({ buffer }) => Float64Array.from(signed ? new BigInt64Array(buffer) : new BigUint64Array(buffer), Number);
}

/** The bytes of the rows, some at once. What they point to is freed when the next are asked for. */
function* parts(
  { library, id, onPart }: OpenFile,
  name: string,
  { shape, size, vlen }: Metadata,
): Generator<Uint8Array> {
  const [rows, ...others] = shape ?? [];
  const rowBytes = others.reduce((product, n) => product * n, size);
  const most = Math.max(1, Math.floor(bytesAtOnce / Math.max(1, rowBytes)));
  const pointer = library._malloc(Math.min(most, rows) * rowBytes);
  if (pointer === 0) throw new Error(`there is no memory for rows of ${rowBytes} bytes`);
  const start = BigInt(pointer);
  for (let from = 0; from < rows; from += most) {
    const count = Math.min(most, rows - from);
    const counts = [count, ...others].map(BigInt);
    const offsets = [from, ...others.map(() => 0)].map(BigInt);
    // what a read fills only in part must not look like pointers
    library.HEAPU8.fill(0, pointer, pointer + count * rowBytes);
    const strides = counts.map(() => 1n);
    if (library.get_dataset_data(id, name, counts, offsets, strides, start) < 0)
      throw new Error(`the rows ${from} to ${from + count - 1} of "${name}" cannot be read`);
    yield library.HEAPU8.slice(pointer, pointer + count * rowBytes);
    if (vlen) library.reclaim_vlen_memory_count(id, name, "", start, counts);
    onPart();
  }
  library._free(pointer);
}

/** One text a row: of fixed or variable length, or whole numbers. */
function readTexts(file: OpenFile, name: string): string[] {
  const metadata = metadataOf(file, name);
  const { shape, type, size, vlen } = metadata;
  if (shape?.length !== 1) throw new Error(`"${name}" has ${shape?.length ?? 0} dimensions where 1 is expected`);
  if (type !== string && type !== integer) throw new Error(`"${name}" holds neither texts nor whole numbers`);
  checkJustified("it", file.size, shape[0] * size);
  const texts: string[] = [];
  for (const bytes of parts(file, name, metadata)) {
    if (type === integer) for (const number of Array.from(decoder(metadata)(bytes))) texts.push(String(number));
    else if (vlen)
      for (const pointer of new Uint32Array(bytes.buffer)) texts.push(textAt(file.library.HEAPU8, pointer));
    else
      for (let at = 0; at < bytes.length; at += size)
        texts.push(textOf(bytes.subarray(at, at + size), metadata.strpad));
  }
  return texts;
}

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

function textAt(memory: Uint8Array, pointer: number): string {
  return pointer === 0 ? "" : utf8.decode(memory.subarray(pointer, memory.indexOf(0, pointer)));
}

const paddedWithSpaces = 2;

/** A text of fixed length, padded with zeros or spaces. */
function textOf(bytes: Uint8Array, padding: number | undefined): string {
  const end = bytes.indexOf(0);
  const text = utf8.decode(end < 0 ? bytes : bytes.subarray(0, end));
  return padding === paddedWithSpaces ? text.trimEnd() : text;
}
