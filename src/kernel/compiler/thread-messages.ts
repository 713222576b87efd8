/** What the compiler's thread and the process that started it say to each other. */
import type { CellCompiler } from "./compiled-cell.js";

export type Method = Exclude<keyof CellCompiler, "close">;

/** Calls are answered in the order in which they came. */
export interface Call {
  readonly method: Method;
  readonly args: readonly unknown[];
}

export type Answer = { readonly result: unknown } | { readonly error: unknown };
