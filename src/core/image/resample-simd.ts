/**
 * The two passes of resample.ts sixteen bytes at a time: resample.wasm, which scripts/resample.as.ts is the source of.
 * Same integers, same bytes.
 */
import { readFileSync } from "node:fs";
import type { Taps, Tile } from "./resample.js";

interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** What is used of it: Node's own types leave it out. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Memory: new (size: { initial: number }) => Memory;
  Instance: new (module: object, imports: { env: { memory: Memory } }) => { exports: unknown };
};

interface Exports {
  memory: Memory;
  row(
    source: number,
    target: number,
    width: number,
    first: number,
    count: number,
    weights: number,
    stride: number,
  ): void;
  columns(source: number, step: number, target: number, length: number, weights: number, count: number): void;
}

/** Larger bands are left to the plain passes: the memory is kept between pictures. */
const mostBytes = 2 ** 24;

const page = 2 ** 16;

let loaded: Exports | undefined;
let unavailable = false;

/** The functions, with memory for so many bytes; undefined when that is too much, or where there are none. */
function simd(bytes: number): Exports | undefined {
  if (bytes > mostBytes || unavailable) return undefined;
  try {
    loaded ??= load();
    const missing = bytes - loaded.memory.buffer.byteLength;
    if (missing > 0) loaded.memory.grow(Math.ceil(missing / page));
    return loaded;
  } catch {
    // --jitless and old processors: the plain passes give the same bytes
    unavailable = true;
    return undefined;
  }
}

function load(): Exports {
  const module = new WebAssembly.Module(readFileSync(new URL("./resample.wasm", import.meta.url)));
  const memory = new WebAssembly.Memory({ initial: 1 });
  return { ...(new WebAssembly.Instance(module, { env: { memory } }).exports as Exports), memory };
}

/** Sizes rounded up so that each part starts where vectors may. */
function aligned(bytes: number): number {
  return Math.ceil(bytes / 16) * 16;
}

/** As resampleRows. @returns false when nothing was done */
export function rowsBySimd(input: Tile, output: Tile, t: Taps, from: number, to: number): boolean {
  const width = output.width;
  const [length, written] = [aligned(input.width * 3 + 4), aligned(width * 3)];
  const tables = aligned(width * 4);
  const wasm = simd(length + written + 2 * tables + t.weights.byteLength);
  if (!wasm) return false;
  const { buffer } = wasm.memory;
  const [first, count, weights] = [length + written, length + written + tables, length + written + 2 * tables];
  new Int32Array(buffer, first, width).set(t.first.subarray(0, width));
  new Int32Array(buffer, count, width).set(t.count.subarray(0, width));
  new Int32Array(buffer, weights, t.weights.length).set(t.weights);
  const bytes = new Uint8Array(buffer);
  for (let y = from; y < to; y++) {
    const start = (y + output.top - input.top) * input.width * 3;
    bytes.set(input.data.subarray(start, start + input.width * 3), 0);
    // taps count from the picture's left side, the tile may start further right
    wasm.row(-input.left * 3, length, width, first, count, weights, t.stride);
    output.data.set(bytes.subarray(length, length + width * 3), y * width * 3);
  }
  return true;
}

/** As resampleColumns. @returns false when nothing was done */
export function columnsBySimd(input: Tile, output: Tile, t: Taps, from: number, to: number): boolean {
  const length = output.width * 3;
  const top = t.first[from];
  const rows = t.first[to - 1] + t.count[to - 1] - top;
  const source = aligned(t.stride * 4);
  const target = source + aligned(rows * length + 16);
  const wasm = simd(target + aligned(length));
  if (!wasm) return false;
  const bytes = new Uint8Array(wasm.memory.buffer);
  const weights = new Int32Array(wasm.memory.buffer, 0, t.stride);
  for (let r = 0; r < rows; r++) {
    const start = ((top + r - input.top) * input.width + output.left - input.left) * 3;
    bytes.set(input.data.subarray(start, start + length), source + r * length);
  }
  for (let y = from; y < to; y++) {
    weights.set(t.weights.subarray(y * t.stride, (y + 1) * t.stride));
    wasm.columns(source + (t.first[y] - top) * length, length, target, length, 0, t.count[y]);
    output.data.set(bytes.subarray(target, target + length), y * length);
  }
  return true;
}
