/** FAISS on the CPU, in a Python process. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Matrix } from "#dist/core/numeric/matrix.js";
import { PeerAbsent, PeerProcess } from "./process.js";

const script = fileURLToPath(new URL("./faiss_server.py", import.meta.url));

/** What FAISS builds over the vectors: every one compared, or a graph with m neighbours a vector. */
export type FaissIndex = { kind: "flat" } | { kind: "hnsw"; m: number; efConstruction: number };

export interface FaissSearch {
  kind: FaissIndex["kind"];
  k: number;
  threads: number;
  /** each query in a call of its own, or all of them in one */
  oneByOne: boolean;
  /** how many candidates the graph's search keeps */
  efSearch?: number;
}

export class Faiss {
  readonly versions: Readonly<Record<string, string>>;
  readonly #peer: PeerProcess;
  readonly #queries: { path: string; dims: [number, number] };

  private constructor(peer: PeerProcess, queries: { path: string; dims: [number, number] }) {
    this.versions = peer.versions;
    this.#peer = peer;
    this.#queries = queries;
  }

  /**
   * @param folder an empty one, which the numbers go through
   * @param vectors rows of length 1, as the queries are
   * @throws PeerAbsent saying what to install
   */
  static async open(folder: string, vectors: Matrix, queries: Matrix): Promise<Faiss> {
    const [base, asked] = [join(folder, "vectors.float32"), join(folder, "queries.float32")];
    await writeFile(base, vectors.data);
    await writeFile(asked, queries.data);
    const python = process.env.PATCHLAB_PYTHON || "python3";
    const request = { op: "open", path: base, dims: [vectors.rows, vectors.cols] };
    const peer = await PeerProcess.open(python, [script], request).catch((cause) => {
      if (!(cause instanceof PeerAbsent)) throw cause;
      const advice = "pip install faiss-cpu, or name the Python that has it in PATCHLAB_PYTHON";
      throw new PeerAbsent(`FAISS is not installed (${cause.message}): ${advice}`, { cause });
    });
    return new Faiss(peer, { path: asked, dims: [queries.rows, queries.cols] });
  }

  /** @returns milliseconds */
  async build(index: FaissIndex, threads: number): Promise<number> {
    const { ms } = await this.#peer.ask<{ ms: number }>({ op: "build", ...index, threads });
    return ms;
  }

  /** Searches for the first of the queries. @returns milliseconds for all of them */
  async time(search: FaissSearch, queries: number): Promise<number> {
    return (await this.#search(search, queries)).ms;
  }

  /** @returns [queries, k] rows, -1 where none was found */
  async rows(search: FaissSearch, queries: number): Promise<Int32Array> {
    const output = `${this.#queries.path}.rows`;
    await this.#search(search, queries, output);
    return new Int32Array(new Uint8Array(await readFile(output)).buffer);
  }

  close(): Promise<void> {
    return this.#peer.close();
  }

  #search(search: FaissSearch, queries: number, output?: string): Promise<{ ms: number }> {
    return this.#peer.ask({ op: "search", ...this.#queries, ...search, queries, output });
  }
}
