/** Float32 arrays as base64 text of their little-endian bytes, on any machine and in pages. */
import { ArgumentError } from "../errors.js";

export function encodeFloats(values: Float32Array): string {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  values.forEach((value, i) => {
    view.setFloat32(i * 4, value, true);
  });
  const pieces: string[] = [];
  // fromCharCode takes its characters as arguments, of which an engine allows some tens of thousands
  for (let i = 0; i < view.byteLength; i += 8192)
    pieces.push(String.fromCharCode(...new Uint8Array(view.buffer, i, Math.min(8192, view.byteLength - i))));
  return btoa(pieces.join(""));
}

/** @throws ArgumentError when `text` is not base64 of `count` finite numbers */
export function decodeFloats(text: string, count: number, argument: string): Float32Array {
  let bytes: string;
  try {
    bytes = atob(text);
  } catch (cause) {
    throw new ArgumentError(argument, "is not base64: save it again", { cause });
  }
  if (bytes.length !== count * 4)
    throw new ArgumentError(argument, `holds ${bytes.length} bytes where ${count} float32 numbers take ${count * 4}`);
  const view = new DataView(Uint8Array.from(bytes, (c) => c.charCodeAt(0)).buffer);
  const values = Float32Array.from({ length: count }, (_, i) => view.getFloat32(i * 4, true));
  if (!values.every(Number.isFinite)) throw new ArgumentError(argument, "holds NaN or an infinity: save it again");
  return values;
}
