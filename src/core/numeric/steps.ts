/**
 * Long computations as generators that stop after every little piece of work. A page or a worker finishes them at
 * once; a program with an event loop takes them in turns with it (in-turns.ts). Without Node.
 */

/** Yields after some milliseconds of work at most, and returns the result. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Runs all the steps at once. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** About as much work as a step may hold: some milliseconds of additions. */
const additionsAtOnce = 1e6;

/** Ranges of rows, each of them work for one step. */
export function* rowRanges(rows: number, workPerRow: number): Generator<{ from: number; to: number }> {
  const size = Math.max(1, Math.floor(additionsAtOnce / Math.max(1, workPerRow)));
  for (let from = 0; from < rows; from += size) yield { from, to: Math.min(rows, from + size) };
}
