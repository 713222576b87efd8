/**
 * How a module reaches the notebook that it is used in: the kernel leaves one function on globalThis, under a
 * registered symbol, and whoever has a result in several forms calls it. The two sides share nothing else.
 */
/** One result in several forms, by MIME type; bytes (such as a PNG) become base64. JSON types hold JSON text. */
export type JupyterBundle = Record<string, string | Uint8Array>;

/** One run of a cell. What a figure left in the cell's output lasts until the cell runs again. */
export interface CellExecution {
  /** becomes true when the cell runs again, which replaces its output */
  replaced: boolean;
  /** aborts when the cell is interrupted: long jobs end with it. Absent once the cell has ended */
  readonly signal?: AbortSignal | undefined;
  /** false where nobody is at the page, as when nbconvert runs the notebook @default true */
  readonly attended?: boolean;
}

/** How what is displayed can be changed later. */
export interface DisplayPlace {
  /** a name for the output, so that it can be replaced */
  readonly id?: string;
  /** replace what was displayed under `id`, wherever it stands, instead of adding an output @default false */
  readonly update?: boolean;
}

/** A message between a page and the kernel: data that JSON can hold, and bytes beside it. */
export interface CommMessage {
  readonly data: Record<string, unknown>;
  readonly metadata?: Record<string, unknown>;
  readonly buffers?: readonly Uint8Array[];
}

/** One line between something in the kernel and its counterpart in the page. */
export interface Comm {
  readonly id: string;
  /** Sends to the page. Does nothing once the line is closed. */
  send(message: CommMessage): void;
  /** Takes what the page sends from now on; one listener, the last one set. */
  onMessage(listener: (message: CommMessage) => void): void;
  /** Called once, when the page closes the line. */
  onClose(listener: (message: CommMessage) => void): void;
  close(message?: CommMessage): void;
}

/** Lines to the pages that show this notebook, as Jupyter's comm messages. */
export interface Comms {
  /** Opens a line to the counterpart that the page knows as `target`. */
  open(target: string, message: CommMessage): Comm;
  /** Takes lines that the page opens to `target`, until the returned function is called. */
  register(target: string, listener: (comm: Comm, message: CommMessage) => void): () => void;
}

export interface DisplayHook {
  (bundle: JupyterBundle, place?: DisplayPlace): unknown;
  /** the run whose output takes what is displayed now; absent where cells run only once */
  execution?(): CellExecution | undefined;
  /** absent where no page can answer, as when a notebook runs without Jupyter */
  readonly comms?: Comms;
  /** Shows an error that is no cell's, such as one of a listener to a page. */
  report?(error: unknown): void;
}

const displaySymbol: symbol = Symbol.for("patchlab.display");

/** The hook while a kernel or a notebook run is at work, and undefined elsewhere. */
export function displayHook(): DisplayHook | undefined {
  const hook = (globalThis as Record<symbol, unknown>)[displaySymbol];
  return typeof hook === "function" ? (hook as DisplayHook) : undefined;
}

/** Leaves the hook for modules to find. */
export function setDisplayHook(hook: DisplayHook): void {
  Object.defineProperty(globalThis, displaySymbol, { value: hook, configurable: true, writable: true });
}

/** Signals that abort with the cell in which their job began. */
const ofCells = new WeakSet<AbortSignal>();

/**
 * What ends a job that begins now: the caller's signal, the interruption of the cell that runs, or either of them. A
 * job passes it on to its parts, for which it stays the same.
 */
export function cellSignal(signal?: AbortSignal): AbortSignal | undefined {
  if (signal && ofCells.has(signal)) return signal;
  const cell = displayHook()?.execution?.()?.signal;
  if (!cell) return signal;
  const either = signal ? AbortSignal.any([signal, cell]) : cell;
  ofCells.add(either);
  return either;
}

/** The options of a job that begins now, with what ends it as their signal; see `cellSignal`. */
export function ofCell<O extends { readonly signal?: AbortSignal | undefined }>(options: O): O {
  const signal = cellSignal(options.signal);
  return signal ? { ...options, signal } : options;
}
