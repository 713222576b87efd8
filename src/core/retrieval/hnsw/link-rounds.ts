/**
 * The rounds in which nodes are linked, the same however many threads share them. In a round every new node looks for
 * its links in the graph as the last round left it; then the nodes that were found link back. So no thread waits for
 * another within a step, and the graph does not depend on their number.
 *
 * @see Manohar et al. 2024, arXiv:2305.04359, on batches of growing size
 */
import type { GraphCode } from "./graph-memory.js";

/** Counters that threads share, by their place. */
export const controls = {
  /** threads that have come to the end of a step */
  arrived: 0,
  /** steps that all have come to the end of */
  step: 1,
  /** set from outside: stop at the end of the round */
  stop: 2,
  /** what the first thread read of `stop`, for all to do the same */
  stopping: 3,
  /** nodes that are linked */
  linked: 4,
} as const;

export const controlCount = 5;

/** The largest round, and the largest as a share of the graph: nodes of one round do not see each other. */
const mostAtOnce = 2048;
const mostOfGraph = 1 / 16;

export interface LinkJob {
  /** the order's part that is to be linked */
  from: number;
  to: number;
  /** candidates that an insertion keeps */
  most: number;
  /** which of how many threads */
  part: number;
  parts: number;
}

/** Runs this thread's part of all rounds. */
export function runRounds(code: GraphCode, order: Uint32Array, job: LinkJob, control: Int32Array): void {
  const { from, to, most, part, parts } = job;
  for (const { start, end } of rounds(from, to)) {
    const [first, last] = [shareOf(start, end, part, parts), shareOf(start, end, part + 1, parts)];
    for (let i = first; i < last; i++) code.connect(order[i], most);
    meet(control, parts);
    code.linkBack(start, end, part, parts);
    if (part === 0) {
      Atomics.store(control, controls.stopping, Atomics.load(control, controls.stop));
      Atomics.store(control, controls.linked, end);
    }
    meet(control, parts);
    code.promote(start, end);
    if (Atomics.load(control, controls.stopping) === 1) return;
  }
}

/** Where a thread's part of a round begins: neighbours in memory are left together. */
function shareOf(start: number, end: number, part: number, parts: number): number {
  return start + Math.floor(((end - start) * part) / parts);
}

/** Where the rounds begin, and the last ends. */
export function* rounds(from: number, to: number): Generator<{ start: number; end: number }> {
  for (let start = from; start < to; ) {
    const end = Math.min(to, start + roundAfter(start));
    yield { start, end };
    start = end;
  }
}

function roundAfter(linked: number): number {
  return Math.max(1, Math.min(mostAtOnce, Math.floor(linked * mostOfGraph)));
}

/** Goes on when all threads are here. */
function meet(control: Int32Array, parts: number): void {
  if (parts === 1) return;
  const step = Atomics.load(control, controls.step);
  if (Atomics.add(control, controls.arrived, 1) === parts - 1) {
    Atomics.store(control, controls.arrived, 0);
    Atomics.add(control, controls.step, 1);
    Atomics.notify(control, controls.step);
    return;
  }
  while (Atomics.load(control, controls.step) === step) Atomics.wait(control, controls.step, step);
}
