/** How long a function takes, measured as IPython's %timeit does. */
import { types } from "node:util";
import { ArgumentError } from "../../core/errors.js";
import { scaled } from "./duration-text.js";
import { count, counted } from "./limits.js";
import { displaySymbol } from "./own-display.js";
import type { TimeitOptions, Timing } from "./public-types.js";

/** Shortest run that is measured, in seconds: the clock and other programs then weigh little. */
const shortestRun = 0.2;

const mostLoops = 1e9;

/** Calls before the first measurement, so that the code is compiled by then. */
const warmUpSeconds = 0.05;

/**
 * Measures how long `fn` takes: calls it until it is warm, then in runs of as many calls as take 0.2 s.
 *
 * @param fn what is measured; where it gives a promise, each call is awaited
 * @param options.repeats runs @default 7
 * @param options.loops calls in each run @default 1, 2, 5, 10, … whichever first takes 0.2 s
 * @returns seconds a call; shown as "1.23 ms ± 0.04 ms (mean ± std of 7 runs, 100 loops each)"
 * @throws ArgumentError when `fn` is no function or an option no whole number; and what `fn` throws
 * @example await timeit(() => pca(patches))
 */
export async function timeit(fn: () => unknown, options: TimeitOptions = {}): Promise<Timing> {
  if (typeof fn !== "function") {
    throw new ArgumentError(
      "timeit(fn)",
      `takes the function to call, not ${fn === null ? "null" : typeof fn}: write timeit(() => …)`,
    );
  }
  const repeats = whole(options.repeats ?? 7, "repeats");
  const given = options.loops === undefined ? undefined : whole(options.loops, "loops");
  const run = await warm(fn);
  const loops = given ?? (await chosenLoops(run));
  const seconds: number[] = [];
  for (let i = 0; i < repeats; i++) {
    // between runs, what waits in the event loop has its turn
    await new Promise((resolve) => setImmediate(resolve));
    seconds.push((await run(loops)) / loops);
  }
  return timing(seconds, loops);
}

function whole(n: number, name: string): number {
  if (Number.isInteger(n) && n >= 1 && n <= mostLoops) return n;
  throw new ArgumentError(
    `timeit(fn, { ${name} })`,
    `takes a whole number from 1 to ${count(mostLoops)}, not ${String(n)}`,
  );
}

/** Takes the time of so many calls, in seconds. */
type Run = (loops: number) => number | Promise<number>;

/** What a call gave last, kept where the optimiser has to believe that it is used. */
let last: unknown;

async function warm(fn: () => unknown): Promise<Run> {
  const start = performance.now();
  last = fn();
  const run: Run = isThenable(last) ? asynchronous(fn) : synchronous(fn);
  await last;
  while (performance.now() - start < warmUpSeconds * 1e3) await run(1);
  return run;
}

function isThenable(value: unknown): boolean {
  return (
    types.isPromise(value) ||
    (typeof value === "object" && value !== null && "then" in value && typeof value.then === "function")
  );
}

function synchronous(fn: () => unknown): Run {
  return (loops) => {
    const start = process.hrtime.bigint();
    for (let i = 0; i < loops; i++) last = fn();
    const end = process.hrtime.bigint();
    last = undefined;
    return Number(end - start) / 1e9;
  };
}

function asynchronous(fn: () => unknown): Run {
  return async (loops) => {
    const start = process.hrtime.bigint();
    for (let i = 0; i < loops; i++) last = await fn();
    const end = process.hrtime.bigint();
    last = undefined;
    return Number(end - start) / 1e9;
  };
}

async function chosenLoops(run: Run): Promise<number> {
  for (let power = 1; power < mostLoops; power *= 10) {
    for (const step of [1, 2, 5]) {
      if ((await run(power * step)) >= shortestRun) return power * step;
    }
  }
  return mostLoops;
}

function timing(seconds: readonly number[], loops: number): Timing {
  const repeats = seconds.length;
  const sorted = seconds.toSorted((a, b) => a - b);
  const mean = seconds.reduce((sum, s) => sum + s, 0) / repeats;
  const std = Math.sqrt(seconds.reduce((sum, s) => sum + (s - mean) ** 2, 0) / repeats);
  const median = (sorted[(repeats - 1) >> 1]! + sorted[repeats >> 1]!) / 2;
  const result = { mean, std, min: sorted[0]!, median, max: sorted[repeats - 1]!, loops, repeats, seconds };
  return Object.defineProperty(result, displaySymbol, {
    value: () => ({ "text/plain": timingText(result) }),
    enumerable: false,
  });
}

/** "1.23 ms ± 0.04 ms (mean ± std of 7 runs, 100 loops each)" */
export function timingText({ mean, std, repeats, loops }: Timing): string {
  const m = scaled(mean, mean);
  const s = scaled(std, mean);
  return `${m.value} ${m.unit} ± ${s.value} ${s.unit} (mean ± std of ${counted(repeats, "run")}, ${counted(loops, "loop")} each)`;
}
