import type { PackedMatrix } from "../page-data.js";

/** Bytes from base64. */
export function bytes(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

export function float32(base64: string): Float32Array {
  return new Float32Array(bytes(base64).buffer);
}

export function uint16(base64: string): Uint16Array {
  return new Uint16Array(bytes(base64).buffer);
}

export function unpack({ data, cols, low, high }: PackedMatrix): Float32Array {
  return Float32Array.from(uint16(data), (step, i) => {
    const c = i % cols;
    return low[c] + (step / 65535) * (high[c] - low[c]);
  });
}
