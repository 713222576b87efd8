/** The compiler of cells as a thread of its own. */
import { Worker } from "node:worker_threads";
import { ClosedError, RuntimeError } from "../../core/errors.js";
import type { CellCompiler } from "./compiled-cell.js";
import type { Answer, Call, Method } from "./thread-messages.js";

interface Waiting {
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** Deep types nest deep in the compiler. */
const stackMegabytes = 64;
/** Library types are read at once and stay: a small nursery would be collected forty times meanwhile. */
const youngMegabytes = 64;

/**
 * Starts the compiler of the cells of a notebook in `folder`, where their imports are looked for. It loads and reads
 * its library types at once, so that the first cell finds it warm.
 *
 * @returns the compiler; its calls reject with RuntimeError once its thread has ended by itself, and with ClosedError
 *   after `close`
 */
export function startCompiler(folder: string): CellCompiler {
  const worker = new Worker(new URL("./thread.js", import.meta.url), {
    workerData: { folder },
    resourceLimits: { stackSizeMb: stackMegabytes, maxYoungGenerationSizeMb: youngMegabytes },
    // the thread needs none of what the process was started with, such as a loader
    execArgv: [],
  });
  return new ThreadCompiler(worker);
}

class ThreadCompiler implements CellCompiler {
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  #ended: Error | undefined;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.on("message", (answer: Answer) => {
      const waiting = this.#waiting.shift();
      if ("error" in answer) waiting?.reject(answer.error);
      else waiting?.resolve(answer.result);
    });
    worker.on("error", (cause) => this.#end(crashed(cause)));
    worker.on("exit", () => this.#end(crashed(undefined)));
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#ended);
  }

  #call<M extends Method>(method: M, ...args: Parameters<CellCompiler[M]>): ReturnType<CellCompiler[M]> {
    const answer = new Promise<unknown>((resolve, reject) => {
      if (this.#ended) return reject(this.#ended);
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage({ method, args } satisfies Call);
    });
    return answer as ReturnType<CellCompiler[M]>;
  }

  compile: CellCompiler["compile"] = (source, label) => this.#call("compile", source, label);
  commit: CellCompiler["commit"] = (id, names) => this.#call("commit", id, names);
  complete: CellCompiler["complete"] = (source, offset) => this.#call("complete", source, offset);
  inspect: CellCompiler["inspect"] = (source, offset) => this.#call("inspect", source, offset);
  isComplete: CellCompiler["isComplete"] = (source) => this.#call("isComplete", source);
  reset: CellCompiler["reset"] = () => this.#call("reset");

  async close(): Promise<void> {
    this.#end(new ClosedError("the compiler of cells"));
    await this.#worker.terminate();
  }
}

function crashed(cause: unknown): RuntimeError {
  const why = cause instanceof Error ? `: ${cause.message}` : "";
  return new RuntimeError(`the compiler of cells ended by itself${why}; restart the kernel`, { cause });
}
