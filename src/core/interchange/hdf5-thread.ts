/**
 * A thread for HDF5, whose library is WebAssembly: it does not block its caller, a damaged file can end at most the
 * thread, and its memory, which only grows, goes with it.
 */
import { Worker } from "node:worker_threads";
import type { Hdf5Answer, Hdf5Job, Hdf5Sign } from "./hdf5-messages.js";

export interface RunOptions {
  readonly signal?: AbortSignal | undefined;
  /** milliseconds for one part of the job: with some damaged files the library never comes to an end @default 30000 */
  readonly patience?: number;
}

/** One job after the other. */
export class Hdf5Thread {
  readonly #worker: Worker = new Worker(new URL("./hdf5-worker.js", import.meta.url), {
    execArgv: [],
    name: "patchlab-hdf5",
    // the library prints what it finds wrong with a file
    stderr: true,
    stdout: true,
  });
  #ended = false;

  constructor() {
    this.#worker.stderr.resume();
    this.#worker.stdout.resume();
    this.#worker.on("exit", () => {
      this.#ended = true;
    });
    // told by the end that follows it
    this.#worker.on("error", () => {});
  }

  /** Whether it is over: a job was too much for it. */
  get ended(): boolean {
    return this.#ended;
  }

  /**
   * The numbers that are to be written are handed over.
   *
   * @returns a problem when the thread ends over the job
   * @throws the signal's reason when it is aborted
   */
  async run(job: Hdf5Job, { signal, patience = 30_000 }: RunOptions = {}): Promise<Hdf5Answer> {
    signal?.throwIfAborted();
    const worker = this.#worker;
    let timer: NodeJS.Timeout | undefined;
    const over = new AbortController();
    try {
      return await new Promise<Hdf5Answer>((resolve, reject) => {
        const wait = (): void => {
          clearTimeout(timer);
          timer = setTimeout(() => {
            void this.end();
            resolve({ problem: `nothing came of it for ${patience / 1000} seconds` });
          }, patience);
        };
        const hear = (said: Hdf5Answer | Hdf5Sign): void => ("alive" in said ? wait() : resolve(said));
        const leave = (): void => resolve({ problem: "the thread ended over it" });
        worker.on("message", hear).on("exit", leave);
        over.signal.addEventListener("abort", () => worker.off("message", hear).off("exit", leave));
        signal?.addEventListener("abort", () => reject(signal.reason), { signal: over.signal });
        if (this.#ended) leave();
        worker.postMessage(job, "write" in job ? [job.table.vectors.data.buffer as ArrayBuffer] : []);
        wait();
      });
    } finally {
      clearTimeout(timer);
      over.abort();
    }
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
