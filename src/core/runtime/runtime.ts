/** Runs ONNX graphs in a worker thread: the caller's event loop stays free while a model computes. */
import { Worker } from "node:worker_threads";
import { ArgumentError, ClosedError, RuntimeError } from "../errors.js";
import { forgetAtExit, waitAtExit } from "./exit.js";
import { GraphBuilder } from "./graph.js";
import type { Answer, Feed, NativeSessionOptions, Opened, Request, ValueInfo, WorkerData } from "./messages.js";
import { physicalCores } from "./physical-cores.js";
import type { HeldTensor, Tensor } from "./tensor.js";

export interface SessionOptions {
  /** threads for one run @default the machine's physical cores */
  readonly threads?: number;
  /** where to run, in order of preference: "cpu", "cuda", "webgpu", "coreml", "dml" @default ["cpu"] */
  readonly executionProviders?: readonly string[];
  /** products of 8-bit numbers by the way that does not saturate, for processors of which `productsSaturate` holds */
  readonly exactInt8?: boolean;
  /** folder that the graph's references to outside weights start from; needed only when it has any */
  readonly weightsFolder?: string;
  /** hand the graph's bytes over instead of copying them: the caller's array is empty afterwards @default false */
  readonly transfer?: boolean;
}

export interface RunOptions {
  /** names of the outputs to compute @default all */
  readonly outputs?: readonly string[];
  /** stops the run if it has not started yet; a started one runs to its end */
  readonly signal?: AbortSignal;
  /** hand the feeds' memory over instead of copying it: the caller's arrays are empty afterwards @default false */
  readonly transfer?: boolean;
}

/** A graph that is ready to run. Close it to free its memory. */
export interface Session {
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /**
   * @throws RuntimeError when onnxruntime refuses the feeds or fails
   * @throws ClosedError after close()
   */
  run(feeds: Record<string, Feed>, options?: RunOptions): Promise<Record<string, Tensor>>;
  close(): Promise<void>;
}

/** A worker thread with sessions and held tensors. Requests are answered one after the other, in order. */
export interface Runtime {
  /** whether it was closed or its thread has failed */
  readonly closed: boolean;
  /**
   * Loads a graph.
   *
   * @param model the ONNX file's bytes, or its path
   * @throws RuntimeError when onnxruntime does not accept it; ArgumentError when an execution provider is not there
   */
  open(model: Uint8Array | string, options?: SessionOptions): Promise<Session>;
  /** Takes a tensor to the worker once, for many runs. Release it when done. */
  hold(tensor: Tensor, options?: Pick<RunOptions, "transfer">): Promise<HeldTensor>;
  release(tensor: HeldTensor): Promise<void>;
  /**
   * Rejects what is still waiting with ClosedError at once, and ends the thread as soon as the run that it is in is
   * over: onnxruntime cannot be stopped in the middle of one.
   */
  close(): Promise<void>;
}

/** Starts a worker thread for sessions. It does not keep the process alive while it has nothing to do. */
export function openRuntime(): Runtime {
  return new WorkerRuntime();
}

let shared: Runtime | undefined;

/** The process-wide runtime that small graphs use: covariance, neighbours. A new one if the last one failed. */
export function sharedRuntime(): Runtime {
  if (!shared || shared.closed) shared = openRuntime();
  return shared;
}

/** More than any machine's cores; onnxruntime takes minutes to start tens of thousands. */
const mostThreads = 512;

/** The number of threads to use: the argument, checked, or the machine's physical cores. */
export function threadCount(threads?: number): number {
  if (threads === undefined) return physicalCores();
  if (!Number.isInteger(threads) || threads < 1 || threads > mostThreads)
    throw new ArgumentError("threads", `is ${threads}: give a whole number from 1 to ${mostThreads}`);
  return threads;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(reason: Error): void;
}

class WorkerRuntime implements Runtime {
  readonly #busy = new Int32Array(new SharedArrayBuffer(4));
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #last: Promise<unknown> = Promise.resolve();
  #count = 0;
  #ended: Error | undefined;
  #ending: Promise<void> | undefined;

  constructor() {
    // onnxruntime 1.30 keeps a device id and reports for its makers under the home folder unless this is set; its
    // library reads the process's environment, which a thread cannot change
    process.env.ORT_DISABLE_TELEMETRY ??= "1";
    this.#worker = new Worker(new URL("./worker.js", import.meta.url), {
      execArgv: [],
      name: "patchlab-runtime",
      workerData: { busy: this.#busy } satisfies WorkerData,
    });
    waitAtExit(this.#busy);
    this.#worker.unref();
    this.#worker.on("message", (message: Answer & { id: number }) => this.#settle(message));
    this.#worker.on("error", (error) => this.#end(new RuntimeError(`onnxruntime's thread failed: ${error.message}`)));
    this.#worker.on("exit", () => {
      forgetAtExit(this.#busy);
      this.#end(new ClosedError("the runtime"));
    });
  }

  get closed(): boolean {
    return this.#ended !== undefined;
  }

  async open(model: Uint8Array | string, options: SessionOptions = {}): Promise<Session> {
    const native = {
      intraOpNumThreads: threadCount(options.threads),
      interOpNumThreads: 1,
      executionProviders: checkedProviders(options.executionProviders),
      extra: { session: sessionEntries(options) },
    };
    const moved = options.transfer && typeof model !== "string" ? [{ data: model, dims: [] }] : [];
    const request: Request = { kind: "open", model, options: native };
    const opened = await this.#ask<Opened>(request, undefined, moved).catch(async (error: Error) => {
      await this.#checkProviders(native, error.message);
      throw error;
    });
    let closed = false;
    return {
      inputs: opened.inputs,
      outputs: opened.outputs,
      run: (feeds, { outputs = [], signal, transfer = false } = {}) => {
        if (closed) return Promise.reject(new ClosedError("the session"));
        const own = Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, toSend(feed, transfer)]));
        return this.#ask({ kind: "run", session: opened.session, feeds: own, outputs }, signal, Object.values(own));
      },
      close: async () => {
        if (closed || this.#ended) return;
        closed = true;
        await this.#ask({ kind: "closeSession", session: opened.session });
      },
    };
  }

  async hold(tensor: Tensor, { transfer = false }: Pick<RunOptions, "transfer"> = {}): Promise<HeldTensor> {
    const own = toSend(tensor, transfer) as Tensor;
    return { held: await this.#ask<number>({ kind: "hold", tensor: own }, undefined, [own]), dims: tensor.dims };
  }

  async release(tensor: HeldTensor): Promise<void> {
    if (!this.#ended) await this.#ask({ kind: "release", held: tensor.held });
  }

  async close(): Promise<void> {
    this.#end(new ClosedError("the runtime"));
    this.#ending ??= new Promise((resolve) => {
      if (this.#worker.threadId < 0) return resolve();
      this.#worker.once("exit", () => resolve());
      this.#post({ kind: "end" }, []);
    });
    await this.#ending;
  }

  /** Tells a provider that is not there from a graph that is wrong: does a graph that cannot be wrong open? */
  async #checkProviders(options: NativeSessionOptions, reason: string): Promise<void> {
    const { executionProviders } = options;
    if (this.#ended || executionProviders.every((name) => name === "cpu")) return;
    try {
      const { session } = await this.#ask<Opened>({ kind: "open", model: nothing(), options });
      await this.#ask({ kind: "closeSession", session });
    } catch {
      throw new ArgumentError(
        "executionProviders",
        `is ${JSON.stringify(executionProviders)}, which cannot be started here (${reason.trim()}): use ["cpu"], or install what it needs`,
      );
    }
  }

  /** Queues a request behind the ones before it, so that an aborted one never starts. */
  #ask<T>(request: Request, signal?: AbortSignal, moved: readonly Feed[] = []): Promise<T> {
    const transfer = moved.flatMap((feed) => ("held" in feed ? [] : [feed.data.buffer as ArrayBuffer]));
    const asked = this.#last.then(() => {
      signal?.throwIfAborted();
      if (this.#ended) throw this.#ended;
      return this.#send(request, transfer);
    });
    this.#last = asked.catch(() => {});
    return asked as Promise<T>;
  }

  #send(request: Request, transfer: ArrayBuffer[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(this.#post(request, transfer), { resolve, reject });
    });
  }

  #post(request: Request, transfer: ArrayBuffer[]): number {
    const id = ++this.#count;
    Atomics.add(this.#busy, 0, 1);
    this.#worker.postMessage({ id, request }, transfer);
    this.#worker.ref();
    return id;
  }

  #settle(message: Answer & { id: number }): void {
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (this.#waiting.size === 0 && !this.#ending) this.#worker.unref();
    if ("error" in message) waiting?.reject(new RuntimeError(`onnxruntime: ${message.error}`));
    else waiting?.resolve(message.result);
  }

  #end(reason: Error): void {
    this.#ended ??= reason;
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}

/** The smallest graph: what comes in goes out. */
function nothing(): Uint8Array {
  const g = new GraphBuilder();
  g.output("y", g.input("x", "float32", [1]), "float32", [1]);
  return g.build();
}

/**
 * The numbers as they are now, to be handed over to the other thread: what the caller does to the array while the
 * request waits must not matter. A view of a larger buffer is copied in any case, since it would take all of it along.
 */
function toSend(feed: Feed, transfer: boolean): Feed {
  if ("held" in feed || (transfer && feed.data.byteLength === feed.data.buffer.byteLength)) return feed;
  return { data: feed.data.slice(), dims: feed.dims };
}

function checkedProviders(providers: readonly string[] = ["cpu"]): readonly string[] {
  if (Array.isArray(providers) && providers.length > 0 && providers.every((name) => typeof name === "string"))
    return providers;
  throw new ArgumentError("executionProviders", `is ${JSON.stringify(providers)}: give a list such as ["cpu"]`);
}

/** onnxruntime's own options by their names below "session", nested as onnxruntime-node wants them */
function sessionEntries({ weightsFolder, exactInt8 }: SessionOptions): Record<string, unknown> {
  return {
    ...(weightsFolder === undefined ? {} : { model_external_initializers_file_folder_path: weightsFolder }),
    ...(exactInt8 ? { x64quantprecision: "1" } : {}),
    // threads that wait actively for longer hold a core that decoding the next pictures could use
    intra_op: { spin_duration_us: "1000" },
  };
}
