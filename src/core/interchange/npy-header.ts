/**
 * The header of NumPy's files: a Python dictionary of three keys, padded so that the numbers start at a multiple of 64.
 *
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import { FormatError } from "../errors.js";
import type { SizedFile } from "./sized-file.js";

export interface NpyHeader {
  /** bytes a number */
  bytes: 2 | 4 | 8;
  bigEndian: boolean;
  /** whether the numbers lie column by column */
  fortranOrder: boolean;
  rows: number;
  cols: number;
  /** where the numbers start */
  offset: number;
}

const magic = "\x93NUMPY";
const alignment = 64;
/** NumPy's own limit for headers that it believes without being told */
const mostHeaderBytes = 10_000;

/**
 * Reads the header and compares it with the file's size.
 *
 * @throws FormatError when it is no NumPy file, holds something else than float numbers in one or two dimensions, or
 *   says another size than the file has
 */
export async function readNpyHeader(file: SizedFile): Promise<NpyHeader> {
  const { path, size } = file;
  const start = Buffer.from(await file.read(0, Math.min(12, size)));
  if (start.toString("latin1", 0, 6) !== magic)
    throw new FormatError(path, "is no NumPy file: give one that numpy.save has written");
  const version = start[6];
  if (!(version >= 1 && version <= 3))
    throw new FormatError(path, `is a NumPy file of version ${version}: only 1, 2 and 3 are known, save it again`);
  const before = version === 1 ? 10 : 12;
  if (size < before) throw new FormatError(path, "ends within its header: it is truncated, copy it again");
  const length = version === 1 ? start.readUInt16LE(8) : start.readUInt32LE(8);
  if (length > mostHeaderBytes)
    throw new FormatError(path, `has a header of ${length} bytes: NumPy's are shorter, save it again`);
  const text = Buffer.from(await file.read(before, length)).toString(version === 3 ? "utf8" : "latin1");
  const header = { ...parsed(path, text), offset: before + length };
  const needed = header.offset + header.rows * header.cols * header.bytes;
  if (needed !== size)
    throw new FormatError(
      path,
      `says ${header.rows} x ${header.cols} numbers of ${header.bytes} bytes, ${needed} with its header, but has ${size} bytes: it is damaged, copy it again`,
    );
  return header;
}

function parsed(path: string, text: string): Omit<NpyHeader, "offset"> {
  const [, descr] = /['"]descr['"]\s*:\s*['"]([^'"]*)['"]/.exec(text) ?? [];
  const [, order] = /['"]fortran_order['"]\s*:\s*(True|False)\b/.exec(text) ?? [];
  const [, sizes] = /['"]shape['"]\s*:\s*\(([\d, ]*)\)/.exec(text) ?? [];
  if (/['"]descr['"]\s*:\s*(\[|['"][<>|=]?O)/.test(text))
    throw new FormatError(path, "holds Python objects or records, not numbers: save a float array without pickles");
  if (descr === undefined || order === undefined || sizes === undefined)
    throw new FormatError(path, "has no readable NumPy header: save it again");
  const [, endian, bytes] = /^([<>=])f([248])$/.exec(descr) ?? [];
  if (endian === undefined)
    throw new FormatError(
      path,
      `holds numbers of the type "${descr}" where float16, 32 or 64 is expected: convert it with .astype("float32")`,
    );
  const shape = sizes
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map(Number);
  if (shape.length !== 1 && shape.length !== 2)
    throw new FormatError(
      path,
      `has ${shape.length} dimensions where 2 are expected: reshape it to [pictures, numbers]`,
    );
  return {
    bytes: Number(bytes) as 2 | 4 | 8,
    bigEndian: endian === ">",
    fortranOrder: order === "True",
    // a vector alone is one row
    rows: shape.length === 1 ? 1 : shape[0],
    cols: shape[shape.length - 1],
  };
}

/** The bytes that numpy.save writes before float32 numbers. */
export function npyHeader(rows: number, cols: number): Uint8Array {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${cols}), }`;
  // NumPy leaves room for the number of rows to grow to 21 digits
  const room = text + " ".repeat(Math.max(0, 21 - String(rows).length));
  const before = magic.length + 4;
  const padding = alignment - ((before + room.length + 1) % alignment);
  const header = Buffer.alloc(before + room.length + padding + 1, " ");
  header.write(magic, "latin1");
  header.set([1, 0], magic.length);
  header.writeUInt16LE(header.length - before, magic.length + 2);
  header.write(room, before, "latin1");
  header.write("\n", header.length - 1, "latin1");
  return header;
}
