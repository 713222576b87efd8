/** The bytes of numbers, piece by piece: one write of more than 2 GiB would not be whole. */

const atOnce = 2 ** 24;

/** The array's own memory, in parts. */
export function* bytesOf(data: Float32Array): Generator<Uint8Array> {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  for (let at = 0; at < bytes.length; at += atOnce) yield bytes.subarray(at, at + atOnce);
}
