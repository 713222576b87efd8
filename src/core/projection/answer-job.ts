/** The worker's side of a job: reports each hundredth, then posts the points or what went wrong. */
import { parentPort, workerData } from "node:worker_threads";
import type { WorkerAnswer } from "./messages.js";

export function answerJob<T>(compute: (job: T, report: (done: number, total: number) => void) => Float32Array): void {
  const post = (answer: WorkerAnswer, transfer: ArrayBuffer[] = []): void => parentPort?.postMessage(answer, transfer);
  let reported = 0;
  const report = (done: number, total: number): void => {
    const hundredth = Math.floor((100 * done) / total);
    if (hundredth > reported) post({ done, total });
    reported = Math.max(reported, hundredth);
  };
  try {
    const points = compute(workerData as T, report);
    post({ points }, [points.buffer as ArrayBuffer]);
  } catch (error) {
    post({ error: error instanceof Error ? error.message : String(error) });
  }
}
