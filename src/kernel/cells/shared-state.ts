/** What the two threads of the cells' process share without messages, which a busy main thread would not read. */

/** Places in the shared array. */
export const slot = {
  /** How many cells the parent has sent. */
  begun: 0,
  /** The number of the last one that is over; a cell runs while this is behind. */
  over: 1,
  /** How many interrupts the main thread has taken. */
  interrupts: 2,
  /** 1 while the main thread waits for a line of input, 0 otherwise; the answer's arrival wakes it. */
  waiting: 3,
  /** How many messages the main thread has sent that are not with the parent yet. */
  underway: 4,
} as const;

/** A main thread that is this many messages ahead waits, or a cell that shows things for ever would fill the memory. */
export const mostUnderway = 1000;

export type SharedState = Int32Array;

export function createSharedState(): SharedState {
  return new Int32Array(new SharedArrayBuffer(Object.keys(slot).length * Int32Array.BYTES_PER_ELEMENT));
}
