/** Progress bars that move in place: over items, or by hand. */
import { randomUUID } from "node:crypto";
import { types } from "node:util";
import { ArgumentError } from "../../core/errors.js";
import type { SendDisplay } from "./displays.js";
import { hidden } from "./own-display.js";
import { inlineText } from "./plain-text.js";
import { type ProgressMoment, progressData } from "./progress-view.js";
import type { Progress, ProgressBar, ProgressOptions } from "./public-types.js";

/** Least time between two pictures of a bar, in milliseconds. */
const pause = 100;

interface BarOptions {
  readonly label: string;
  readonly total: number | undefined;
  readonly send: SendDisplay;
  /** told whenever the bar begins or ends to run */
  readonly running: (bar: Bar, runs: boolean) => void;
}

class Bar implements ProgressBar {
  count = 0;
  readonly total: number | undefined;
  readonly #options: BarOptions;
  readonly #id = randomUUID();
  readonly #start = performance.now();
  #state: ProgressMoment["state"] = "running";
  #drawnAt: number | undefined;
  #drawnCount: number | undefined;
  #later: NodeJS.Timeout | undefined;

  constructor(options: BarOptions) {
    this.#options = options;
    this.total = options.total;
    this.#enter("running");
  }

  tick(n = 1): void {
    this.set(this.count + n);
  }

  set(count: number): void {
    if (typeof count !== "number" || !Number.isFinite(count) || count < 0) {
      throw new ArgumentError("progress", `goes on to a number of 0 or more, not ${inlineText(count)}`);
    }
    this.count = count;
    if (this.total !== undefined && count >= this.total) this.#enter("done");
    else if (this.#state === "running") this.#drawSoon();
    else this.#enter("running");
  }

  done(): void {
    this.#enter("done");
  }

  stop(): void {
    if (this.#state === "running") this.#enter("stopped");
  }

  #enter(state: ProgressMoment["state"]): void {
    if (this.#drawnCount === this.count && this.#state === state) return;
    this.#state = state;
    this.#options.running(this, state === "running");
    this.#draw();
  }

  /** A loop that never pauses is drawn from here; one that awaits, by the timer too. */
  #drawSoon(): void {
    const wait = this.#drawnAt! + pause - performance.now();
    if (wait <= 0) this.#draw();
    else this.#later ??= setTimeout(() => this.#draw(), wait).unref();
  }

  #draw(): void {
    clearTimeout(this.#later);
    this.#later = undefined;
    const update = this.#drawnAt !== undefined;
    this.#drawnAt = performance.now();
    this.#drawnCount = this.count;
    const { label, total, send } = this.#options;
    const seconds = (this.#drawnAt - this.#start) / 1e3;
    send(progressData({ label, count: this.count, total, seconds, state: this.#state }), this.#id, update);
  }
}

/** The bars of one notebook. */
export class ProgressBars {
  readonly #send: SendDisplay;
  readonly #running: Set<Bar> = new Set();

  constructor(send: SendDisplay) {
    this.#send = send;
  }

  /** Marks every bar that still runs as stopped. */
  stopAll(): void {
    for (const bar of [...this.#running]) bar.stop();
  }

  /**
   * Shows how far a loop is, in a bar that moves in place.
   *
   * @throws ArgumentError when what is given is neither a total nor something to iterate over
   */
  readonly progress: Progress = ((subject?: unknown, options: ProgressOptions = {}): unknown => {
    const { label = "" } = options;
    if (typeof label !== "string") throw new ArgumentError("progress(…, { label })", "takes a text");
    const begin = (total: number | undefined): Bar => this.#begin(label, total);
    if (subject === undefined || typeof subject === "number") {
      const total = checkTotal(subject ?? options.total);
      const bar = begin(total);
      return hidden(manual(bar));
    }
    return hidden(watched(subject, checkTotal(options.total ?? lengthOf(subject)), begin));
  }) as Progress;

  #begin(label: string, total: number | undefined): Bar {
    return new Bar({
      label,
      total,
      send: this.#send,
      running: (bar, runs) => (runs ? this.#running.add(bar) : this.#running.delete(bar)),
    });
  }
}

/** A plain record, so that it reads well where it is looked at. */
function manual(bar: Bar): ProgressBar {
  return {
    get count() {
      return bar.count;
    },
    total: bar.total,
    tick: (n) => bar.tick(n),
    set: (count) => bar.set(count),
    done: () => bar.done(),
    stop: () => bar.stop(),
  };
}

function checkTotal(total: unknown): number | undefined {
  if (total === undefined) return undefined;
  if (typeof total === "number" && Number.isFinite(total) && total >= 0) return total;
  throw new ArgumentError("progress", `takes a total of 0 or more, not ${inlineText(total)}`);
}

function lengthOf(items: unknown): number | undefined {
  if (Array.isArray(items) || types.isTypedArray(items)) return items.length;
  return types.isMap(items) || types.isSet(items) ? items.size : undefined;
}

/** The items again; each round over them is a bar of its own. */
function watched(items: unknown, total: number | undefined, begin: (total: number | undefined) => Bar): object {
  if (isIterable(items)) return { [Symbol.iterator]: () => eachOf(items, begin(total)) };
  if (isAsyncIterable(items)) return { [Symbol.asyncIterator]: () => eachAsyncOf(items, begin(total)) };
  throw new ArgumentError("progress", `takes a total or something to iterate over, not ${inlineText(items)}`);
}

function isIterable(items: unknown): items is Iterable<unknown> {
  return typeof (items as Iterable<unknown> | null)?.[Symbol.iterator] === "function";
}

function isAsyncIterable(items: unknown): items is AsyncIterable<unknown> {
  return typeof (items as AsyncIterable<unknown> | null)?.[Symbol.asyncIterator] === "function";
}

function* eachOf(items: Iterable<unknown>, bar: Bar): Generator<unknown, void, undefined> {
  let complete = false;
  try {
    for (const item of items) {
      yield item;
      bar.tick();
    }
    complete = true;
  } finally {
    end(bar, complete);
  }
}

async function* eachAsyncOf(items: AsyncIterable<unknown>, bar: Bar): AsyncGenerator<unknown, void, undefined> {
  let complete = false;
  try {
    for await (const item of items) {
      yield item;
      bar.tick();
    }
    complete = true;
  } finally {
    end(bar, complete);
  }
}

/** A loop that was left by `break` or by an error closes its iterator before the end. */
function end(bar: Bar, complete: boolean): void {
  if (complete) bar.done();
  else bar.stop();
}
