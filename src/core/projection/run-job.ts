/** Runs one job in a worker thread of its own, which ends with it; an abort ends it at once. */
import { Worker } from "node:worker_threads";
import { PatchlabError } from "../errors.js";
import type { UmapJob, UmapJsJob, WorkerAnswer } from "./messages.js";

export interface RunJobOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** @throws PatchlabError when the thread fails; the signal's reason when it is aborted */
export async function runJob(
  engine: "umap" | "umap-js",
  job: UmapJob | UmapJsJob,
  { signal, onProgress }: RunJobOptions,
): Promise<Float32Array> {
  signal?.throwIfAborted();
  const worker = new Worker(new URL(`./${engine}-worker.js`, import.meta.url), {
    execArgv: [],
    name: `patchlab-${engine}`,
    workerData: job,
  });
  let abort: (() => void) | undefined;
  try {
    return await new Promise<Float32Array>((resolve, reject) => {
      abort = () => reject(signal?.reason);
      signal?.addEventListener("abort", abort);
      worker.on("message", (answer: WorkerAnswer) => {
        if ("points" in answer) resolve(answer.points);
        else if ("error" in answer) reject(new PatchlabError(`the projection failed: ${answer.error}`));
        else callSafely(() => onProgress?.(answer.done, answer.total), reject);
      });
      worker.on("error", (error) => reject(new PatchlabError(`the projection's thread failed: ${error.message}`)));
      worker.on("exit", () => reject(new PatchlabError("the projection's thread ended before its job was done")));
    });
  } finally {
    if (abort) signal?.removeEventListener("abort", abort);
    await worker.terminate();
  }
}

/** An error thrown by the caller's listener is the caller's result, not an uncaught one. */
function callSafely(call: () => void, reject: (error: unknown) => void): void {
  try {
    call();
  } catch (error) {
    reject(error);
  }
}
