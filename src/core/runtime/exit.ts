/**
 * Lets a process end only between onnxruntime's runs: a thread that is torn down in the middle of one aborts the whole
 * process, with a core dump in place of the exit code.
 */

/** Longest wait at the end of a process, in milliseconds; a batch takes seconds. */
const patience = 60_000;

/** entry 0 of each counts the requests that its thread has not done */
const threads = new Set<Int32Array>();

/** Makes the end of this process wait for the thread behind `busy`. */
export function waitAtExit(busy: Int32Array): void {
  if (threads.size === 0) process.on("exit", waitForAll);
  threads.add(busy);
}

/** The thread has ended. */
export function forgetAtExit(busy: Int32Array): void {
  threads.delete(busy);
  if (threads.size === 0) process.off("exit", waitForAll);
}

function waitForAll(): void {
  const end = performance.now() + patience;
  for (const busy of threads)
    for (let left = Atomics.load(busy, 0); left > 0 && performance.now() < end; left = Atomics.load(busy, 0))
      Atomics.wait(busy, 0, left, end - performance.now());
}
