/**
 * How a job is stopped from outside. Nothing here calls process.exit: it would tear the thread down in which a network
 * runs, and onnxruntime then aborts the process. A job that is stopped waits for the run in flight, then ends.
 */

const controller = new AbortController();
let listening = false;

/**
 * Ctrl-C as an AbortSignal, the same one however often it is asked for. The first Ctrl-C stops the job in order; there
 * is no listener after it, so that the second ends the process at once, by the signal itself.
 */
export function interruptSignal(): AbortSignal {
  if (!listening) process.once("SIGINT", stopAndSay);
  listening = true;
  return controller.signal;
}

function stopAndSay(): void {
  if (process.stderr.isTTY) process.stderr.write("\nStopping after what is in flight; Ctrl-C again ends at once.\n");
  stopJob();
}

/** Stops the job as Ctrl-C does. */
export function stopJob(): void {
  controller.abort();
}

/** Whether the job was stopped. */
export function isStopped(): boolean {
  return controller.signal.aborted;
}
