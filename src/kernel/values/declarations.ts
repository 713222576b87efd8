/** The global functions of cells as TypeScript sees them, with the text that inspection shows. */

/** Declarations of what `createCellFunctions` makes; its types are those of `public-types.ts`. */
export const declarationsText: string = `
/**
 * Shows a value below the cell, now, and gives a handle that replaces it later.
 *
 * Matrices show their shape and a corner, lists of records a table, pictures (bytes, pixels, sharp) themselves,
 * objects with a Symbol.for("Jupyter.display") method what that gives.
 *
 * @param options.id a name for the output @default a new one
 * @example const shown = display("waiting"); shown.update([1, 2, 3]);
 */
declare function display(value: unknown, options?: { readonly id?: string }): {
  readonly id: string;
  /** Resolves when the value is shown; only what takes time to draw, such as a sharp picture, needs it. */
  readonly ready: Promise<void>;
  /** Shows another value in the same place. */
  update(value: unknown): void;
};

/**
 * Shows how far a loop is, in a bar that moves in place: progress(items) gives the items again, progress(total) a bar
 * that is moved by hand. A loop that is left early, by break or by an error, marks its bar as stopped.
 *
 * @param options.label what is being done, in front of the bar
 * @param options.total how many items there will be, where they do not tell themselves
 * @example for (const path of progress(paths, { label: "reading" })) await read(path);
 * @example const bar = progress(100); bar.tick();
 */
declare function progress<T>(items: Iterable<T>, options?: { readonly label?: string; readonly total?: number }): Iterable<T>;
declare function progress<T>(items: AsyncIterable<T>, options?: { readonly label?: string; readonly total?: number }): AsyncIterable<T>;
declare function progress(total?: number, options?: { readonly label?: string; readonly total?: number }): {
  /** how far it is */
  readonly count: number;
  /** where it ends, where that is known */
  readonly total: number | undefined;
  /** Goes on by n, one if not said; at the total the bar is done. */
  tick(n?: number): void;
  /** Goes to count. */
  set(count: number): void;
  /** Ends the bar as done, wherever it is. */
  done(): void;
  /** Ends the bar as stopped. */
  stop(): void;
};

/**
 * Measures how long a function takes: calls it until it is warm, then in runs of as many calls as take 0.2 s. Where it
 * gives a promise, each call is awaited.
 *
 * @param options.repeats runs that are measured @default 7
 * @param options.loops calls in each run @default as many as take 0.2 s
 * @returns seconds a call, shown as "1.23 ms ± 0.04 ms (mean ± std of 7 runs, 100 loops each)"
 * @example await timeit(() => numbers.toSorted())
 */
declare function timeit(
  fn: () => unknown,
  options?: { readonly repeats?: number; readonly loops?: number },
): Promise<{
  readonly mean: number;
  /** population standard deviation of the runs */
  readonly std: number;
  readonly min: number;
  readonly median: number;
  readonly max: number;
  /** calls in each run */
  readonly loops: number;
  readonly repeats: number;
  /** seconds a call, run by run */
  readonly seconds: readonly number[];
}>;

/**
 * Clears what the cell has shown so far.
 *
 * @param wait only when the next output comes, so that nothing flickers @default false
 */
declare function clearOutput(wait?: boolean): void;
`;
