/**
 * Rows of signed bytes in a memory of WebAssembly, and their products with a query: byte-scan.wasm, which
 * scripts/byte-scan.as.ts is the source of.
 */
import { readFileSync } from "node:fs";

interface Memory {
  readonly buffer: ArrayBuffer;
}

/** What is used of it: Node's own types leave it out. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Memory: new (size: { initial: number; maximum: number }) => Memory;
  Instance: new (module: object, imports: { env: { memory: Memory } }) => { exports: unknown };
};

interface Exports {
  products(rows: number, stride: number, count: number, query: number, target: number): void;
}

export interface ByteMemory {
  /** row i starts at i * stride; columns that are not there are 0 */
  readonly rows: Int8Array;
  readonly stride: number;
  /**
   * The products of the rows `from` up to `to`, at most `rowsAtOnce`, with a query whose products fit 32 bits. They are
   * overwritten by the next call.
   */
  products(query: Int16Array, from: number, to: number): Int32Array;
}

/** rows in one call: their products stay in the nearest cache */
export const rowsAtOnce = 4096;

const page = 2 ** 16;
const mostPages = 2 ** 16;
/** beyond it, sums of rounded numbers might not fit 32 bits */
const mostCols = 2 ** 20;

/** Memory for so many rows; undefined where one cannot hold them, or there is no WebAssembly. */
export function byteMemory(rows: number, cols: number): ByteMemory | undefined {
  const stride = Math.ceil(cols / 16) * 16;
  // the last call takes up to three rows more
  const query = (rows + 3) * stride;
  const target = Math.ceil((query + 2 * stride) / 16) * 16;
  const pages = Math.ceil((target + 4 * (rowsAtOnce + 3)) / page);
  const opened = pages > mostPages || cols > mostCols ? undefined : open(pages);
  if (!opened) return undefined;
  const { exports, buffer } = opened;
  const asked = new Int16Array(buffer, query, stride);
  return {
    rows: new Int8Array(buffer, 0, rows * stride),
    stride,
    products(numbers, from, to) {
      asked.set(numbers);
      exports.products(from * stride, stride, to - from, query, target);
      return new Int32Array(buffer, target, to - from);
    },
  };
}

function open(pages: number): { exports: Exports; buffer: ArrayBuffer } | undefined {
  try {
    const module = new WebAssembly.Module(readFileSync(new URL("./byte-scan.wasm", import.meta.url)));
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    return { exports: new WebAssembly.Instance(module, { env: { memory } }).exports as Exports, buffer: memory.buffer };
  } catch {
    // --jitless, old processors, or no memory left
    return undefined;
  }
}
