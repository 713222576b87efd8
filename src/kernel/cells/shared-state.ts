/** What the two threads of the cells' process share without messages, which a busy main thread would not read. */

/** Places in the shared array. */
export const slot = {
  /** 1 while a cell runs. */
  running: 0,
  /** How many interrupts the main thread has taken. */
  interrupts: 1,
  /** 1 while the main thread waits for a line of input, 0 otherwise; the answer's arrival wakes it. */
  waiting: 2,
} as const;

export type SharedState = Int32Array;

export function createSharedState(): SharedState {
  return new Int32Array(new SharedArrayBuffer(Object.keys(slot).length * Int32Array.BYTES_PER_ELEMENT));
}
