/** What the global functions of cells take and give. */

export interface DisplayOptions {
  /** a name for the output, by which it is updated from anywhere @default a new one */
  readonly id?: string;
}

/** An output that can be replaced. */
export interface DisplayHandle {
  readonly id: string;
  /** Resolves when the value is shown; only a value that takes time to draw, such as a sharp picture, needs it. */
  readonly ready: Promise<void>;
  /** Shows another value in the same place. */
  update(value: unknown): void;
}

export interface ProgressOptions {
  /** what is being done, in front of the bar @default none */
  readonly label?: string;
  /** how many items there will be, where they do not tell themselves @default their length or size */
  readonly total?: number;
}

/** A bar that is moved by hand. */
export interface ProgressBar {
  /** how far it is */
  readonly count: number;
  /** where it ends, where that is known */
  readonly total: number | undefined;
  /** Goes on by `n`; at the total the bar is done. @param n @default 1 */
  tick(n?: number): void;
  /** Goes to `count`. */
  set(count: number): void;
  /** Ends the bar as done, wherever it is. */
  done(): void;
  /** Ends the bar as stopped. */
  stop(): void;
}

export interface Progress {
  <T>(items: Iterable<T>, options?: ProgressOptions): Iterable<T>;
  <T>(items: AsyncIterable<T>, options?: ProgressOptions): AsyncIterable<T>;
  (total?: number, options?: ProgressOptions): ProgressBar;
}

export interface TimeitOptions {
  /** runs that are measured @default 7 */
  readonly repeats?: number;
  /** calls in each run @default as many as take 0.2 s */
  readonly loops?: number;
}

/** How long one call took, in seconds. */
export interface Timing {
  readonly mean: number;
  /** population standard deviation of the runs */
  readonly std: number;
  readonly min: number;
  readonly median: number;
  readonly max: number;
  /** calls in each run */
  readonly loops: number;
  readonly repeats: number;
  /** seconds a call, run by run [repeats] */
  readonly seconds: readonly number[];
}
