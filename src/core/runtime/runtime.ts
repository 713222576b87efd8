/** Runs ONNX graphs in a worker thread: the caller's event loop stays free while a model computes. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { ArgumentError, ClosedError, RuntimeError } from "../errors.js";
import { GraphBuilder } from "./graph.js";
import type { Answer, Feed, NativeSessionOptions, Opened, Request, ValueInfo } from "./messages.js";
import type { HeldTensor, Tensor } from "./tensor.js";

export interface SessionOptions {
  /** threads for one run @default the cores of the machine */
  readonly threads?: number;
  /** where to run, in order of preference: "cpu", "cuda", "webgpu", "coreml", "dml" @default ["cpu"] */
  readonly executionProviders?: readonly string[];
  /** folder that the graph's references to outside weights start from; needed only when it has any */
  readonly weightsFolder?: string;
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
  /**
   * Loads a graph.
   *
   * @param model the ONNX file's bytes, or its path
   * @throws RuntimeError when onnxruntime does not accept it; ArgumentError when an execution provider is not there
   */
  open(model: Uint8Array | string, options?: SessionOptions): Promise<Session>;
  /** Copies a tensor to the worker once, for many runs. Release it when done. */
  hold(tensor: Tensor): Promise<HeldTensor>;
  release(tensor: HeldTensor): Promise<void>;
  /** Ends the worker; what is still waiting is rejected with ClosedError. */
  close(): Promise<void>;
}

/** Starts a worker thread for sessions. It does not keep the process alive while it has nothing to do. */
export function openRuntime(): Runtime {
  return new WorkerRuntime();
}

let shared: Runtime | undefined;

/** The process-wide runtime that small graphs use: resizing, covariance, neighbours. It is never closed. */
export function sharedRuntime(): Runtime {
  shared ??= openRuntime();
  return shared;
}

/** The number of threads to use: the argument, checked, or the machine's cores. */
export function threadCount(threads?: number): number {
  if (threads === undefined) return availableParallelism();
  if (!Number.isInteger(threads) || threads < 1)
    throw new ArgumentError("threads", `is ${threads}: give a whole number, 1 or more`);
  return threads;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(reason: Error): void;
}

class WorkerRuntime implements Runtime {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #last: Promise<unknown> = Promise.resolve();
  #count = 0;
  #ended: Error | undefined;

  constructor() {
    this.#worker = new Worker(new URL("./worker.js", import.meta.url), { execArgv: [], name: "patchlab-runtime" });
    this.#worker.unref();
    this.#worker.on("message", (message: Answer & { id: number }) => this.#settle(message));
    this.#worker.on("error", (error) => this.#end(new RuntimeError(`onnxruntime's thread failed: ${error.message}`)));
    this.#worker.on("exit", () => this.#end(new ClosedError("the runtime")));
  }

  async open(model: Uint8Array | string, options: SessionOptions = {}): Promise<Session> {
    const native = {
      intraOpNumThreads: threadCount(options.threads),
      interOpNumThreads: 1,
      executionProviders: options.executionProviders ?? ["cpu"],
      ...(options.weightsFolder === undefined ? {} : { extra: weightsFolderOption(options.weightsFolder) }),
    };
    const opened = await this.#ask<Opened>({ kind: "open", model, options: native }).catch(async (error: Error) => {
      await this.#checkProviders(native, error.message);
      throw error;
    });
    let closed = false;
    return {
      inputs: opened.inputs,
      outputs: opened.outputs,
      run: (feeds, { outputs = [], signal, transfer = false } = {}) => {
        if (closed) return Promise.reject(new ClosedError("the session"));
        const whole = Object.fromEntries(
          Object.entries(feeds).map(([name, feed]) => [name, withoutSurroundings(feed)]),
        );
        const moved = transfer ? Object.values(whole).flatMap((f) => ("held" in f ? [] : [f.data.buffer])) : [];
        return this.#ask(
          { kind: "run", session: opened.session, feeds: whole, outputs },
          signal,
          moved as ArrayBuffer[],
        );
      },
      close: async () => {
        if (closed || this.#ended) return;
        closed = true;
        await this.#ask({ kind: "closeSession", session: opened.session });
      },
    };
  }

  async hold(tensor: Tensor): Promise<HeldTensor> {
    const whole = withoutSurroundings(tensor) as Tensor;
    return { held: await this.#ask<number>({ kind: "hold", tensor: whole }), dims: tensor.dims };
  }

  async release(tensor: HeldTensor): Promise<void> {
    if (!this.#ended) await this.#ask({ kind: "release", held: tensor.held });
  }

  async close(): Promise<void> {
    this.#end(new ClosedError("the runtime"));
    await this.#worker.terminate();
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
  #ask<T>(request: Request, signal?: AbortSignal, transfer: ArrayBuffer[] = []): Promise<T> {
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
      const id = ++this.#count;
      this.#worker.postMessage({ id, request }, transfer);
      this.#waiting.set(id, { resolve, reject });
      this.#worker.ref();
    });
  }

  #settle(message: Answer & { id: number }): void {
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (this.#waiting.size === 0) this.#worker.unref();
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

/** Sending a view of a larger buffer to another thread would send the whole buffer: copy the view's part. */
function withoutSurroundings(feed: Feed): Feed {
  if ("held" in feed || feed.data.byteLength === feed.data.buffer.byteLength) return feed;
  return { data: feed.data.slice(), dims: feed.dims };
}

/** session.model_external_initializers_file_folder_path, nested as onnxruntime-node wants it */
function weightsFolderOption(folder: string): Record<string, unknown> {
  return { session: { model_external_initializers_file_folder_path: folder } };
}
