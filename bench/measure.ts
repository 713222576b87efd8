/** Times two ways of doing the same work in turn, so that a change of the machine's speed meets both. */
import { setTimeout } from "node:timers/promises";

export type Work = () => unknown | Promise<unknown>;

/** Work that is timed where it is done, such as in another process: milliseconds. */
export type TimedWork = () => Promise<number>;

export interface Comparison {
  /** the median over the pairs of the peer's time divided by ours: above 1 we are faster */
  ratio: number;
  /** median milliseconds */
  ours: number;
  peer: number;
  /** largest difference between the results, where they were compared */
  difference?: number;
}

/** Runs ours, peer, ours, peer, … `pairs` times after one warm-up each. */
export function compare(ours: Work, peer: Work, pairs = 5): Promise<Comparison> {
  return compareTimes(timed(ours), timed(peer), { pairs });
}

/**
 * The same with work that is timed where it is done.
 *
 * @param options.pause milliseconds before each run, in which threads that wait actively for more work fall asleep
 *   and leave the cores to the other side (default 0)
 */
export async function compareTimes(
  ours: TimedWork,
  peer: TimedWork,
  { pairs = 5, pause = 0 }: { pairs?: number; pause?: number } = {},
): Promise<Comparison> {
  const rested = async (work: TimedWork) => {
    await setTimeout(pause);
    return work();
  };
  await rested(ours);
  await rested(peer);
  const times: [number, number][] = [];
  for (let i = 0; i < pairs; i++) times.push([await rested(ours), await rested(peer)]);
  return comparisonOf(times);
}

/** The comparison of pairs of times, ours and the peer's. */
export function comparisonOf(times: readonly (readonly [number, number])[]): Comparison {
  return {
    ratio: median(times.map(([a, b]) => b / a)),
    ours: median(times.map(([a]) => a)),
    peer: median(times.map(([, b]) => b)),
  };
}

/** Work that is timed from here. */
export function timed(work: Work): TimedWork {
  return async () => {
    const start = performance.now();
    await work();
    return performance.now() - start;
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
