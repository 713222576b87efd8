/** Pixels as a PNG file, made at once and without native code, so that a picture keeps its place among printed lines. */
import { deflateSync } from "node:zlib";

export interface Pixels {
  /** 8 bits a channel, row by row from the top left [height, width, channels] */
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
  /** grey, grey with alpha, RGB, RGB with alpha */
  readonly channels: 1 | 2 | 3 | 4;
}

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const colourTypes = { 1: 0, 2: 4, 3: 2, 4: 6 } as const;

/**
 * Encodes pixels as PNG.
 *
 * @see https://www.w3.org/TR/png-3/
 */
export function encodePng(pixels: Pixels): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(pixels.width, 0);
  header.writeUInt32BE(pixels.height, 4);
  header[8] = 8;
  header[9] = colourTypes[pixels.channels];
  const body = deflateSync(filtered(pixels), { level: 6 });
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", body), chunk("IEND", new Uint8Array(0))]);
}

/** Each row as differences, by that filter which leaves the least; it comes first in its row. */
function filtered({ data, width, height, channels }: Pixels): Uint8Array {
  const length = width * channels;
  const out = new Uint8Array(height * (length + 1));
  const candidates = filters.map(() => new Uint8Array(length));
  const nothing = new Uint8Array(length);
  for (let y = 0; y < height; y++) {
    const row = data.subarray(y * length, (y + 1) * length);
    const above = y > 0 ? data.subarray((y - 1) * length, y * length) : nothing;
    let [best, least] = [0, Number.POSITIVE_INFINITY];
    for (const [i, filter] of filters.entries()) {
      const size = filter(row, above, channels, candidates[i]!);
      if (size < least) [best, least] = [i, size];
    }
    out[y * (length + 1)] = best;
    out.set(candidates[best]!, y * (length + 1) + 1);
  }
  return out;
}

/** Writes the row's differences, and tells how large they are together. */
type Filter = (
  row: Uint8Array | Uint8ClampedArray,
  above: Uint8Array | Uint8ClampedArray,
  step: number,
  out: Uint8Array,
) => number;

/** None, Sub and Up, by their numbers in the format; the dearer two save little where pictures are looked at once. */
const filters: readonly Filter[] = [
  (row, _above, _step, out) => difference(row, (i) => row[i]!, out),
  (row, _above, step, out) => difference(row, (i) => row[i]! - (i < step ? 0 : row[i - step]!), out),
  (row, above, _step, out) => difference(row, (i) => row[i]! - above[i]!, out),
];

function difference(row: { readonly length: number }, at: (i: number) => number, out: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < row.length; i++) {
    const byte = at(i) & 0xff;
    out[i] = byte;
    sum += byte < 128 ? byte : 256 - byte;
  }
  return sum;
}

function chunk(type: string, body: Uint8Array): Uint8Array {
  const out = Buffer.alloc(12 + body.length);
  out.writeUInt32BE(body.length, 0);
  out.write(type, 4, "latin1");
  out.set(body, 8);
  out.writeUInt32BE(crc(out.subarray(4, 8 + body.length)), 8 + body.length);
  return out;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  let value = n;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value >>> 0;
});

function crc(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = crcTable[(value ^ byte) & 0xff]! ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}
