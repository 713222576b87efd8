/**
 * How a figure made inside a module reaches the notebook: the kernel leaves one function on globalThis, under a
 * registered symbol, and whoever has a result in several forms calls it. The two sides share nothing else.
 */

/** One result in several forms, by MIME type; bytes (such as a PNG) become base64. JSON types hold JSON text. */
export type JupyterBundle = Record<string, string | Uint8Array>;

/** One run of a cell. What a figure left in the cell's output lasts until the cell runs again. */
export interface CellExecution {
  /** becomes true when the cell runs again, which replaces its output */
  replaced: boolean;
}

export interface DisplayHook {
  (bundle: JupyterBundle): unknown;
  /** the run whose output takes what is displayed now; absent where cells run only once */
  execution?(): CellExecution | undefined;
}

const displaySymbol: symbol = Symbol.for("patchlab.display");

/** The hook while a kernel or a notebook run is at work, and undefined elsewhere. */
export function displayHook(): DisplayHook | undefined {
  const hook = (globalThis as Record<symbol, unknown>)[displaySymbol];
  return typeof hook === "function" ? (hook as DisplayHook) : undefined;
}

/** Leaves the hook for figures to find. */
export function setDisplayHook(hook: DisplayHook): void {
  Object.defineProperty(globalThis, displaySymbol, { value: hook, configurable: true, writable: true });
}
