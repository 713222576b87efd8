/** Where the code of a cell stands still, outside its functions: an interrupt ends it there. */

/** The process's own: a cell may put others in their place, as tests with a clock of their own do. */
const { setImmediate } = globalThis;

/** The await that the cell's top level stands at. */
export interface Wait {
  on<T>(value?: T | PromiseLike<T>): Promise<T | undefined>;
  /** Rejects it, now or when the cell comes to the next one. */
  reject(reason: unknown): void;
  /** Nothing that the cell waits for comes any more. */
  end(): void;
}

export function createWait(): Wait {
  let rejectCurrent: ((reason: unknown) => void) | undefined;
  let reason: { value: unknown } | undefined;
  let over = false;
  return {
    end() {
      over = true;
    },
    on: (value) =>
      new Promise((resolve, reject) => {
        if (over && reason) return;
        // in a later turn, or a cell that catches everything would never leave this one
        if (reason) return void setImmediate(reject, reason.value);
        rejectCurrent = reject;
        Promise.resolve(value).then(resolve, reject);
      }),
    reject(value) {
      reason = { value };
      rejectCurrent?.(value);
    },
  };
}
