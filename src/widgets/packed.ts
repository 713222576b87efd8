/** Numbers on their way into a page: 16 bits between a column's own ends, half the size of float32. */
import { base64 } from "./markup.js";
import type { PackedMatrix } from "./page-data.js";

/** Packs a row-major matrix. The error is at most 1/131070 of a column's range. */
export function packMatrix(data: Float32Array, cols: number): PackedMatrix {
  const low = new Array<number>(cols).fill(Infinity);
  const high = new Array<number>(cols).fill(-Infinity);
  for (let i = 0; i < data.length; i++) {
    low[i % cols] = Math.min(low[i % cols], data[i]);
    high[i % cols] = Math.max(high[i % cols], data[i]);
  }
  const steps = Uint16Array.from(data, (value, i) => {
    const width = high[i % cols] - low[i % cols];
    return width > 0 ? Math.round((65535 * (value - low[i % cols])) / width) : 0;
  });
  return { data: base64(steps), cols, low, high };
}
