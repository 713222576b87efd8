/** A graph of neighbours over directions in 8 bits: rows are added, then linked, then found. */
import { Worker } from "node:worker_threads";
import { RuntimeError } from "../../errors.js";
import { inTurns } from "../../numeric/in-turns.js";
import type { Steps } from "../../numeric/steps.js";
import { type GraphCode, type GraphShape, openCode, type SharedGraph, shareGraph } from "./graph-memory.js";
import { controlCount, controls, type LinkJob } from "./link-rounds.js";
import type { LinkWorkerData } from "./link-worker.js";
import { drawOrder, groupedNodes, levelsOf, rearrange, upperStarts } from "./node-order.js";

export interface GraphSettings {
  /** numbers a vector */
  dim: number;
  /** links a vector, M in the paper */
  connectivity: number;
  /** candidates that an insertion keeps, efConstruction in the paper */
  expansionAdd: number;
  /** candidates that a search keeps, ef in the paper */
  expansionSearch: number;
  threads: number;
}

/** Where searches begin. */
export interface Entry {
  node: number;
  level: number;
}

/** What a file holds of a graph, each a view of the memory itself. */
export type GraphArrays = Readonly<Record<"ids" | "centre" | "records" | "lowest" | "upper", Uint8Array>>;

/** A search may keep so many candidates; where more are wanted every row is compared. */
export const mostCandidates = 4096;

/** Products of two records' numbers, and of a record's with a query's, must fit into 32 bits. */
const largestProduct = 2 ** 31 - 1;
const mostByte = 127;
/** milliseconds between two tellings of how far the links are */
const beatMs = 100;
/** marks a candidate whose links were followed; see scripts/hnsw.as.ts */
const followed = 2 ** 31;

export class Graph {
  readonly settings: GraphSettings;
  readonly #shared: SharedGraph;
  readonly #code: GraphCode;
  /** [nodes] the number that each vector is known by */
  readonly #ids: Float64Array;
  readonly #largest: number;
  #nodes = 0;
  #linked = 0;
  #entry: Entry = { node: 0, level: -1 };

  /** Room for so many vectors. @throws RuntimeError when memory does not hold them */
  constructor(capacity: number, settings: GraphSettings) {
    const { dim, connectivity, threads, expansionAdd, expansionSearch } = settings;
    const most = Math.max(mostCandidates, expansionAdd, expansionSearch);
    const shape: GraphShape = { capacity, dim, connectivity, threads, mostCandidates: most };
    const levels = levelsOf(capacity, connectivity);
    const starts = upperStarts(levels, connectivity);
    this.settings = settings;
    this.#shared = shareGraph(shape, starts.total);
    this.#code = openCode(this.#shared, threads);
    this.#ids = new Float64Array(capacity);
    const { numbers } = this.#shared.layout;
    this.#largest = Math.min(2 ** 14, Math.floor(largestProduct / (mostByte * numbers)));
    this.#view(Uint8Array, this.#shared.layout.levels, capacity).set(levels);
    this.#view(Uint32Array, this.#shared.layout.upperAt, capacity).set(starts.places);
  }

  get nodes(): number {
    return this.#nodes;
  }

  /** bytes in memory */
  get bytes(): number {
    return this.#shared.layout.bytes + this.#ids.byteLength;
  }

  /** [nodes] the numbers of the vectors, in no order */
  ids(): Float64Array {
    return this.#ids.subarray(0, this.#nodes);
  }

  /** What all directions have in common, which need not be told in bytes. Set it before the first vector is added. */
  setCentre(centre: Float32Array): void {
    this.#view(Float32Array, this.#shared.layout.centre, centre.length).set(centre);
  }

  /** @param vectors [ids.length, dim] of length 1 */
  add(ids: ArrayLike<number>, vectors: Float32Array): void {
    const { dim } = this.settings;
    const input = this.#input();
    for (let i = 0; i < ids.length; i++) {
      input.set(vectors.subarray(i * dim, (i + 1) * dim));
      this.#ids[this.#nodes] = ids[i];
      this.#code.write(this.#nodes++);
    }
  }

  /**
   * Links the vectors that were added since the last time.
   *
   * @throws the signal's reason when it is aborted
   */
  async link({
    signal,
    onProgress,
  }: {
    signal?: AbortSignal | undefined;
    onProgress?: ((done: number, total: number) => void) | undefined;
  } = {}): Promise<void> {
    const [from, to] = [this.#linked, this.#nodes];
    if (from === to) return;
    await inTurns(this.#arrange(from, to), signal);
    const control = new Int32Array(new SharedArrayBuffer(4 * controlCount));
    const parts = Math.max(1, Math.min(this.settings.threads, Math.ceil((to - from) / 256)));
    const jobs = Array.from(
      { length: parts },
      (_, part): LinkJob => ({
        ...{ from, to, most: this.settings.expansionAdd, part, parts },
      }),
    );
    const stop = () => Atomics.store(control, controls.stop, 1);
    let thrown: { error: unknown } | undefined;
    const tell = () => {
      try {
        onProgress?.(Math.max(0, Atomics.load(control, controls.linked) - from), to - from);
      } catch (error) {
        // the caller's error is the caller's result, not an uncaught one
        thrown = { error };
        stop();
      }
    };
    signal?.addEventListener("abort", stop);
    const beat = setInterval(tell, beatMs);
    try {
      [this.#entry] = await Promise.all(jobs.map((job) => this.#run(job, control)));
    } finally {
      clearInterval(beat);
      signal?.removeEventListener("abort", stop);
    }
    if (thrown) throw thrown.error;
    signal?.throwIfAborted();
    this.#code.enter(this.#entry.node, this.#entry.level);
    this.#linked = to;
    onProgress?.(to - from, to - from);
  }

  /**
   * The ids of the vectors nearest to a query, most similar first as far as 8 bits tell.
   *
   * @param query of length 1
   * @param most candidates that the search keeps, at most `mostCandidates`
   */
  search(query: Float32Array, most: number): Float64Array {
    this.#input().set(query);
    this.#code.ask(this.#largest);
    const count = this.#code.search(most);
    const { pool } = this.#shared.layout.own[this.settings.threads];
    const candidates = this.#view(Uint32Array, pool, 2 * count);
    const ids = new Float64Array(count);
    for (let i = 0; i < count; i++) ids[i] = this.#ids[candidates[2 * i + 1] & ~followed];
    return ids;
  }

  get entry(): Entry {
    return this.#entry;
  }

  /** The arrays of the first `nodes` vectors; what else there is of these follows from their number. */
  arrays(nodes: number = this.#nodes): GraphArrays {
    const { layout, shape } = this.#shared;
    const levels = this.#view(Uint8Array, layout.levels, nodes);
    const upper = levels.reduce((sum, level) => sum + level * (shape.connectivity + 1), 0);
    const bytes = (at: number, length: number) => this.#view(Uint8Array, at, length);
    return {
      ids: new Uint8Array(this.#ids.buffer, 0, 8 * nodes),
      centre: bytes(layout.centre, 4 * layout.numbers),
      records: bytes(layout.records, nodes * layout.recordBytes),
      lowest: bytes(layout.lowest, nodes * (2 * shape.connectivity + 1) * 4),
      upper: bytes(layout.upper, 4 * upper),
    };
  }

  /**
   * Takes what was filled into `arrays(nodes)` as the graph.
   *
   * @returns whether every link leads to a node that is on its level
   */
  take(nodes: number, entry: Entry): boolean {
    if (!this.#linksHold(nodes, entry)) return false;
    this.#nodes = this.#linked = nodes;
    this.#entry = entry;
    this.#code.enter(entry.node, entry.level);
    return true;
  }

  /** A copy with room for so many vectors. @throws RuntimeError when memory does not hold it beside this one */
  grown(capacity: number): Graph {
    const larger = new Graph(capacity, this.settings);
    const from = this.arrays();
    for (const [name, array] of Object.entries(larger.arrays(this.#nodes))) array.set(from[name as keyof GraphArrays]);
    larger.take(this.#nodes, this.#entry);
    return larger;
  }

  #linksHold(nodes: number, entry: Entry): boolean {
    const { layout, shape } = this.#shared;
    const { connectivity } = shape;
    const levels = this.#view(Uint8Array, layout.levels, nodes);
    const upperAt = this.#view(Uint32Array, layout.upperAt, nodes);
    const lowest = this.#view(Uint32Array, layout.lowest, nodes * (2 * connectivity + 1));
    const upper = this.#view(Uint32Array, layout.upper, this.arrays(nodes).upper.length / 4);
    const holds = (links: Uint32Array, at: number, room: number, level: number): boolean => {
      const count = links[at];
      if (count > room) return false;
      // also false beyond the last node, which has no level
      for (let i = at + 1; i <= at + count; i++) if (!(levels[links[i]] >= level)) return false;
      return true;
    };
    for (let node = 0; node < nodes; node++) {
      if (!holds(lowest, node * (2 * connectivity + 1), 2 * connectivity, 0)) return false;
      for (let level = 1; level <= levels[node]; level++)
        if (!holds(upper, upperAt[node] + (level - 1) * (connectivity + 1), connectivity, level)) return false;
    }
    return levels[entry.node] >= entry.level;
  }

  #run(job: LinkJob, control: Int32Array): Promise<Entry> {
    const workerData: LinkWorkerData = { graph: this.#shared, job, control, entry: this.#entry };
    const worker = new Worker(new URL("./link-worker.js", import.meta.url), {
      ...{ execArgv: [], name: "patchlab-hnsw", workerData },
    });
    return new Promise((resolve, reject) => {
      worker.on("message", resolve);
      worker.on("error", (error) => reject(new RuntimeError(`the graph's thread failed: ${error.message}`)));
      worker.on("exit", () => reject(new RuntimeError("the graph's thread ended before its job was done")));
    });
  }

  /** Puts the new nodes' records where their neighbours lie near in memory, and draws the order in which they are linked. */
  *#arrange(from: number, to: number): Steps<void> {
    const { layout } = this.#shared;
    const order = this.#view(Uint32Array, layout.order, this.#ids.length);
    const nearestOf = (node: number, list: ArrayLike<number>) => {
      order.set(list);
      return this.#code.nearestOf(node, layout.order, list.length);
    };
    const places = yield* groupedNodes(from, to, nearestOf);
    const records = this.#view(Uint8Array, layout.records, this.#ids.length * layout.recordBytes);
    rearrange(records.subarray(from * layout.recordBytes), layout.recordBytes, places);
    rearrange(new Uint8Array(this.#ids.buffer, 8 * from), 8, places);
    yield;
    drawOrder(order, from, to);
  }

  #input(): Float32Array {
    const { own } = this.#shared.layout;
    return this.#view(Float32Array, own[this.settings.threads].input, this.settings.dim);
  }

  #view<T>(type: new (buffer: SharedArrayBuffer, at: number, length: number) => T, at: number, length: number): T {
    return new type(this.#shared.memory.buffer, at, length);
  }
}
