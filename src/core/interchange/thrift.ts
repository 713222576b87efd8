/**
 * Thrift's compact protocol, in which Parquet keeps its own structures. Lists are compared with the bytes that are
 * left before they are believed.
 *
 * @see https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */

/** A structure's fields by their number. */
export type ThriftStruct = Map<number, ThriftValue>;

/** Whole numbers of 64 bits are rounded where they do not fit. */
export type ThriftValue = boolean | number | Uint8Array | ThriftValue[] | ThriftStruct;

const stop = 0;
const mostDepth = 32;

/** @throws RangeError when the bytes end within the structure, Error when they cannot be one */
export function readThrift(bytes: Uint8Array, from = 0): { struct: ThriftStruct; end: number } {
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), at: from };
  return { struct: readStruct(reader, 0), end: reader.at };
}

interface Reader {
  readonly view: DataView;
  at: number;
}

function readStruct(reader: Reader, depth: number): ThriftStruct {
  if (depth > mostDepth) throw new Error(`structures lie deeper than ${mostDepth} in each other`);
  const fields: ThriftStruct = new Map();
  for (let id = 0; ; ) {
    const head = byte(reader);
    const type = head & 0x0f;
    if (type === stop) return fields;
    id = head >> 4 === 0 ? zigzag(reader) : id + (head >> 4);
    fields.set(id, type === 1 || type === 2 ? type === 1 : readValue(reader, type, depth));
  }
}

function readValue(reader: Reader, type: number, depth: number): ThriftValue {
  switch (type) {
    case 1:
    case 2:
      return byte(reader) === 1;
    case 3:
      return byte(reader);
    case 4:
    case 5:
    case 6:
      return zigzag(reader);
    case 7:
      reader.at += 8;
      return reader.view.getFloat64(reader.at - 8, true);
    case 8:
      return readBinary(reader);
    case 9:
    case 10:
      return readList(reader, depth);
    case 12:
      return readStruct(reader, depth + 1);
    default:
      throw new Error(`there is no type ${type} in Parquet's structures`);
  }
}

function readList(reader: Reader, depth: number): ThriftValue[] {
  const head = byte(reader);
  const size = head >> 4 === 15 ? varint(reader) : head >> 4;
  // every entry takes a byte at least
  if (size > left(reader)) throw new Error(`a list of ${size} entries has only ${left(reader)} bytes`);
  return Array.from({ length: size }, () => readValue(reader, head & 0x0f, depth + 1));
}

function readBinary(reader: Reader): Uint8Array {
  const size = varint(reader);
  if (size > left(reader)) throw new RangeError(`a text of ${size} bytes has only ${left(reader)}`);
  const { buffer, byteOffset } = reader.view;
  reader.at += size;
  return new Uint8Array(buffer, byteOffset + reader.at - size, size);
}

function left({ view, at }: Reader): number {
  return view.byteLength - at;
}

function byte(reader: Reader): number {
  return reader.view.getUint8(reader.at++);
}

function varint(reader: Reader): number {
  let [value, scale] = [0, 1];
  for (;;) {
    const next = byte(reader);
    value += (next & 0x7f) * scale;
    if (next < 0x80) return value;
    scale *= 128;
    if (scale > 2 ** 63) throw new Error("a number has more than 64 bits");
  }
}

function zigzag(reader: Reader): number {
  const value = varint(reader);
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
