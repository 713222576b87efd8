import { setImmediate } from "node:timers/promises";
import type { Steps } from "./steps.js";

/** milliseconds of work between two turns of the event loop */
const turn = 10;

/**
 * Runs the steps, and lets the event loop have its turn every few of them.
 *
 * @throws the signal's reason when it is aborted in between, and what the steps throw
 */
export async function inTurns<T>(steps: Steps<T>, signal?: AbortSignal): Promise<T> {
  signal?.throwIfAborted();
  let start = performance.now();
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    if (performance.now() - start < turn) continue;
    await setImmediate();
    signal?.throwIfAborted();
    start = performance.now();
  }
}
