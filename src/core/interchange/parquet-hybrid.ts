/**
 * Parquet's mixture of runs and packed bits, in which it keeps levels and the numbers of dictionary entries.
 *
 * @see https://parquet.apache.org/docs/file-format/data-pages/encodings/ (RLE = 3)
 */

/** Fills `target` from `bytes`. @throws Error when the bytes hold less than that */
export function readHybrid(bytes: Uint8Array, width: number, target: Uint8Array | Uint32Array): void {
  if (width > 32) throw new Error(`numbers of ${width} bits cannot be`);
  let [at, filled] = [0, 0];
  while (filled < target.length) {
    const head = readVarint(bytes, at);
    at = head.end;
    const count = Math.min(target.length - filled, Math.floor(head.value / 2) * (head.value % 2 ? 8 : 1));
    if (head.value % 2) at = readPacked(bytes, at, width, target.subarray(filled, filled + count));
    else at = readRun(bytes, at, width, target.subarray(filled, filled + count));
    filled += count;
  }
}

function readVarint(bytes: Uint8Array, from: number): { value: number; end: number } {
  let [value, scale] = [0, 1];
  for (let at = from; at < bytes.length && scale < 2 ** 35; at++) {
    value += (bytes[at] & 0x7f) * scale;
    if (bytes[at] < 0x80) return { value, end: at + 1 };
    scale *= 128;
  }
  throw tooFew();
}

function readRun(bytes: Uint8Array, at: number, width: number, target: Uint8Array | Uint32Array): number {
  const size = Math.ceil(width / 8);
  if (at + size > bytes.length) throw tooFew();
  let value = 0;
  for (let i = 0; i < size; i++) value += bytes[at + i] * 2 ** (8 * i);
  target.fill(value);
  return at + size;
}

/** Numbers of `width` bits each, the lowest bits first, in whole groups of 8. */
function readPacked(bytes: Uint8Array, from: number, width: number, target: Uint8Array | Uint32Array): number {
  if (from + Math.ceil((target.length * width) / 8) > bytes.length) throw tooFew();
  // at most 7 bits wait for the next 32, which is more than bit operations take
  const modulus = 2 ** width;
  let [at, waiting, bits] = [from, 0, 0];
  for (let i = 0; i < target.length; i++) {
    for (; bits < width; bits += 8) waiting += bytes[at++] * 2 ** bits;
    target[i] = waiting % modulus;
    waiting = Math.floor(waiting / modulus);
    bits -= width;
  }
  return from + Math.ceil(target.length / 8) * width;
}

/** What is wrong with a page that is too short. */
export function tooFew(): Error {
  return new Error("a page ends before its values do");
}
