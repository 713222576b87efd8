/** The result of a cell's run, which can come from the cell, from something that it left behind, or from an interrupt. */

/** The process's own: a cell may put others in their place, as tests with a clock of their own do. */
const { setImmediate } = globalThis;

export type Result = { readonly value: unknown } | { readonly thrown: unknown };

export interface Settling {
  readonly result: Promise<Result>;
  succeed(value: unknown): void;
  /** False when the result is out already. */
  fail(thrown: unknown): boolean;
}

/** The first result counts, but rejections that nobody handles are known one turn later, and are errors of the cell. */
export function settleOnce(): Settling {
  let first: Result | undefined;
  let out = false;
  let resolve!: (result: Result) => void;
  const result = new Promise<Result>((settle) => {
    resolve = settle;
  });
  const take = (one: Result): void => {
    if (first === undefined) {
      setImmediate(() => {
        out = true;
        resolve(first!);
      });
      first = one;
    } else if ("value" in first) first = one;
  };
  return {
    result,
    succeed: (value) => take({ value }),
    fail(thrown) {
      if (!out) take({ thrown });
      return !out;
    },
  };
}
