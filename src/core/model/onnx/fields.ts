/** Walks over the fields of protobuf messages from files that nobody vouches for. */
import { BinaryReader, WireType as types, type WireType } from "@bufbuild/protobuf/wire";

/** How many entries may still be kept of a file; each costs more memory than its bytes. */
export class Allowance {
  #left: number;
  readonly most: number;

  constructor(most: number) {
    this.most = most;
    this.#left = most;
  }

  /** @throws RangeError when there were too many */
  take(): void {
    if (--this.#left < 0) throw new RangeError(`more than ${this.most} entries`);
  }
}

/** Reads a field's value; what it returns is not used. */
type ReadField = (reader: BinaryReader, type: WireType) => unknown;

/**
 * Hands the known fields of a message to their readers, by their numbers and in the file's order, and skips the rest.
 *
 * @throws Error when the bytes are no such message or end too early
 */
export function eachField(bytes: Uint8Array, known: Readonly<Record<number, ReadField>>): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < bytes.length) {
    const [field, type] = reader.tag();
    const read = known[field];
    if (read) read(reader, type);
    else reader.skip(type, field);
  }
}

/** The whole numbers of a repeated field, one or, packed, all that stand here. */
export function readIntegers(reader: BinaryReader, type: WireType, allowance: Allowance): number[] {
  const values: number[] = [];
  const end = type === types.LengthDelimited ? reader.uint32() + reader.pos : reader.pos + 1;
  do {
    allowance.take();
    values.push(Number(reader.int64()));
  } while (reader.pos < end);
  return values;
}
