/**
 * The values of Parquet's pages: numbers and texts, plain or by their place in a dictionary.
 *
 * @see https://parquet.apache.org/docs/file-format/data-pages/encodings/
 */
import { fromHalf } from "./half.js";
import { readHybrid, tooFew } from "./parquet-hybrid.js";
import type { Page } from "./parquet-pages.js";

const plain = 0;
const plainDictionary = 2;
const dictionaryIndices = 8;
const byteStreamSplit = 9;

/** What the bytes of a column's values mean. */
export interface ValueType<T> {
  /** bytes a value, where all take as many */
  readonly bytes?: number;
  /** @throws Error when there are fewer than `count` */
  decode(content: Uint8Array, count: number): T;
  /** the values at these places */
  pick(values: T, places: Uint32Array): T;
}

/** The values of a data page that are there. @throws Error when there are fewer, or they are encoded in another way */
export function valuesOf<T>(page: Page, type: ValueType<T>, dictionary: T | undefined): T {
  const { content, present, encoding } = page;
  if (present === 0) return type.decode(content.subarray(0, 0), 0);
  if (encoding === plain) return type.decode(content, present);
  if (encoding === byteStreamSplit && type.bytes)
    return type.decode(joinStreams(content, type.bytes, present), present);
  if (encoding !== plainDictionary && encoding !== dictionaryIndices)
    throw new Error(`a page has the encoding ${encoding}, which is not read here: write it plain or with a dictionary`);
  if (dictionary === undefined) throw new Error("a page refers to a dictionary that is not there");
  const places = new Uint32Array(present);
  readHybrid(content.subarray(1), content[0] ?? 0, places);
  return type.pick(dictionary, places);
}

/** First bytes of all values, then all second ones, and so on, as values again. */
function joinStreams(content: Uint8Array, bytes: number, count: number): Uint8Array {
  if (content.length < bytes * count) throw tooFew();
  const joined = new Uint8Array(bytes * count);
  for (let b = 0, at = 0; b < bytes; b++) for (let i = 0; i < count; i++) joined[i * bytes + b] = content[at++];
  return joined;
}

type NumberAt = (view: DataView, at: number) => number;

const physical: Readonly<Record<string, { bytes: number; at: NumberAt } | undefined>> = {
  FLOAT: { bytes: 4, at: (view, at) => view.getFloat32(at, true) },
  DOUBLE: { bytes: 8, at: (view, at) => view.getFloat64(at, true) },
  INT32: { bytes: 4, at: (view, at) => view.getInt32(at, true) },
  INT64: { bytes: 8, at: (view, at) => Number(view.getBigInt64(at, true)) },
  FLOAT16: { bytes: 2, at: (view, at) => fromHalf(view.getUint16(at, true)) },
};

/** Numbers of the type, in `Into`: undefined where it is not one of numbers. */
export function numbersOf<T extends Float32Array | Float64Array>(
  name: string,
  Into: new (length: number) => T,
): ValueType<T> | undefined {
  const found = physical[name];
  if (!found) return undefined;
  const { bytes, at } = found;
  return {
    bytes,
    decode(content, count) {
      if (content.length < bytes * count) throw tooFew();
      const values = new Into(count);
      if (name === "FLOAT" && values instanceof Float32Array)
        new Uint8Array(values.buffer).set(content.subarray(0, bytes * count));
      else {
        const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
        for (let i = 0; i < count; i++) values[i] = at(view, i * bytes);
      }
      return values;
    },
    pick(values, places) {
      const picked = new Into(places.length);
      for (let i = 0; i < places.length; i++) {
        if (places[i] >= values.length) throw notThere();
        picked[i] = values[places[i]];
      }
      return picked;
    },
  };
}

/** Texts, each after its length in bytes. */
export const texts: ValueType<string[]> = {
  decode(content, count) {
    const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
    const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
    const values: string[] = [];
    for (let i = 0, at = 0; i < count; i++) {
      const end = at + 4 > content.length ? Infinity : at + 4 + view.getUint32(at, true);
      if (end > content.length) throw tooFew();
      values.push(utf8.decode(content.subarray(at + 4, end)));
      at = end;
    }
    return values;
  },
  pick: (values, places) =>
    Array.from(places, (place) => {
      if (place >= values.length) throw notThere();
      return values[place];
    }),
};

function notThere(): Error {
  return new Error("a page refers to an entry that its dictionary does not have");
}
