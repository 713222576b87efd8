/** Repeats what may succeed a little later, a bounded number of times. */
import { setTimeout } from "node:timers/promises";
import type { Failure, Outcome } from "./failures.js";
import type { HubJob } from "./job.js";

const mostRepetitions = 4;
/** A longer wait is the user's to decide on: the message says how long. */
const longestWaitMs = 60_000;

/**
 * Runs `attempt` until it succeeds.
 *
 * @param attempt returns its outcome; `progressed` in it means that the count of repetitions begins anew
 * @throws the last failure's error
 */
export async function persist<T>(
  job: HubJob,
  attempt: () => Promise<Outcome<T> & { progressed?: boolean }>,
): Promise<T> {
  for (let repetitions = 0; ; repetitions++) {
    job.signal?.throwIfAborted();
    const outcome = await attempt();
    if ("value" in outcome) return outcome.value;
    if (outcome.progressed) repetitions = 0;
    const wait = waitAfter(outcome.failure, repetitions, job.retryDelay);
    if (wait === undefined) throw outcome.failure.error;
    await setTimeout(wait, undefined, { signal: job.signal }).catch(() => job.signal?.throwIfAborted());
  }
}

function waitAfter({ retry, waitMs }: Failure, repetitions: number, retryDelay: number): number | undefined {
  if (!retry || repetitions >= mostRepetitions) return undefined;
  const wait = Math.max(waitMs ?? 0, retryDelay * 2 ** repetitions);
  return wait <= longestWaitMs ? wait : undefined;
}
