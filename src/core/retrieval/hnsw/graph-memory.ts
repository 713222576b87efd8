/**
 * A graph's rows and links in one memory that threads share, and what hnsw.wasm does with them; scripts/hnsw.as.ts is
 * its source.
 */
import { readFileSync } from "node:fs";
import { RuntimeError } from "../../errors.js";

interface Memory {
  readonly buffer: SharedArrayBuffer;
}

/** What is used of it: Node's own types leave it out. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Memory: new (size: { initial: number; maximum: number; shared: true }) => Memory;
  Instance: new (module: object, imports: { env: { memory: Memory } }) => { exports: unknown };
};

/** See scripts/hnsw.as.ts. */
export interface GraphCode {
  shared(...places: number[]): void;
  own(...places: number[]): void;
  enter(node: number, level: number): void;
  entryNode(): number;
  topLevel(): number;
  write(node: number): void;
  ask(largestNumber: number): void;
  search(most: number): number;
  connect(node: number, most: number): void;
  linkBack(from: number, to: number, part: number, parts: number): void;
  promote(from: number, to: number): void;
  nearestOf(node: number, list: number, count: number): number;
}

export interface GraphShape {
  /** nodes that there is room for */
  capacity: number;
  /** numbers a vector */
  dim: number;
  /** links a node on the upper levels, twice as many on the lowest */
  connectivity: number;
  /** threads that link, beside the one that searches */
  threads: number;
  /** the most candidates that a thread keeps */
  mostCandidates: number;
}

/** Where everything lies, in bytes from the memory's beginning. */
export interface GraphLayout {
  recordBytes: number;
  /** numbers of a record, those that fill it up included */
  numbers: number;
  centre: number;
  records: number;
  lowest: number;
  upperAt: number;
  upper: number;
  levels: number;
  order: number;
  /** one a thread that links, and the last for searches */
  own: OwnLayout[];
  bytes: number;
}

interface OwnLayout {
  input: number;
  query: number;
  visited: number;
  pool: number;
  chosen: number;
  sorted: number;
  unseen: number;
}

/** What threads hand on to each other. */
export interface SharedGraph {
  readonly memory: Memory;
  readonly shape: GraphShape;
  readonly layout: GraphLayout;
}

const page = 2 ** 16;
const mostPages = 2 ** 16;
const linkBytes = 4;

/** @param upperLinks room for the links above the lowest level, in links and counts */
function layoutOf(
  { capacity, dim, connectivity, threads, mostCandidates }: GraphShape,
  upperLinks: number,
): GraphLayout {
  let end = 0;
  const take = (bytes: number): number => {
    const at = end;
    end = Math.ceil((at + bytes) / 64) * 64;
    return at;
  };
  const numbers = Math.ceil(dim / 32) * 32;
  // scale and bias, 4 bytes each, in a multiple of 16
  const recordBytes = numbers + 16;
  const lists = 2 * connectivity + 2;
  const own = () => ({
    input: take(4 * numbers),
    query: take(2 * numbers),
    visited: take(2 * capacity),
    pool: take(8 * (mostCandidates + 1)),
    chosen: take(linkBytes * lists),
    sorted: take(8 * lists),
    unseen: take(linkBytes * lists),
  });
  return {
    ...{ recordBytes, numbers, centre: take(4 * numbers), records: take(capacity * recordBytes) },
    lowest: take(capacity * (2 * connectivity + 1) * linkBytes),
    upperAt: take(linkBytes * capacity),
    upper: take(linkBytes * upperLinks),
    levels: take(capacity),
    order: take(linkBytes * capacity),
    own: Array.from({ length: threads + 1 }, own),
    bytes: end,
  };
}

/** @throws RuntimeError when one memory cannot hold it, or there is no WebAssembly with threads */
export function shareGraph(shape: GraphShape, upperLinks: number): SharedGraph {
  const layout = layoutOf(shape, upperLinks);
  const pages = Math.ceil(layout.bytes / page);
  if (pages > mostPages)
    throw new RuntimeError(
      `a graph of ${shape.capacity} vectors of ${shape.dim} numbers takes ${layout.bytes} bytes where 4 GiB can be had: use an exact index, or fewer vectors`,
    );
  try {
    return { memory: new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true }), shape, layout };
  } catch (cause) {
    throw new RuntimeError(
      `a graph of ${shape.capacity} vectors needs ${layout.bytes} bytes of WebAssembly memory (${(cause as Error).message}): free some, or use an exact index`,
      { cause },
    );
  }
}

/** The code of one thread. @param place which of `layout.own` is its */
export function openCode({ memory, shape, layout }: SharedGraph, place: number): GraphCode {
  const module = new WebAssembly.Module(readFileSync(new URL("./hnsw.wasm", import.meta.url)));
  const code = new WebAssembly.Instance(module, { env: { memory } }).exports as GraphCode;
  const { records, recordBytes, numbers, centre, lowest, upperAt, upper, levels, order } = layout;
  const { capacity, connectivity } = shape;
  code.shared(records, recordBytes, numbers, centre, connectivity, lowest, upperAt, upper, levels, capacity, order);
  const { input, query, visited, pool, chosen, sorted, unseen } = layout.own[place];
  code.own(input, query, visited, pool, chosen, sorted, unseen);
  return code;
}
