/** What `show` gives back for a figure that notebook and reader share. */
import type { MimeBundle } from "../bundle.js";
import type { SharedValue } from "./shared-value.js";

/** A figure as the notebook holds it, whether a page answers or not. As a cell's value it shows nothing. */
export interface FigureView<Value> {
  /**
   * Calls `listener` with each new value, whoever set it. What it throws is shown like any error outside a cell.
   *
   * @returns what ends it
   */
  onChange(listener: (value: Value) => unknown): () => void;
  /** Ends the line to the page. The figure goes on by itself there, the view here. */
  close(): void;
}

/** A view, and what displays its figure. */
export interface Displayable<V> {
  readonly view: V;
  readonly shared: Pick<SharedValue<never>, "display">;
}

/** The method that notebooks ask a cell's value for. */
export const displaySymbol: symbol = Symbol.for("Jupyter.display");

/** Makes a view show nothing as a cell's value, since its figure has been displayed. */
export function shownAlready<V extends object>(view: V): V {
  return Object.defineProperty(view, displaySymbol, { value: () => ({}), configurable: true });
}

/** Deno displays a figure by its cell's value: the view carries it. */
export function carrying<V extends object>(view: V, bundle: MimeBundle): V & MimeBundle {
  Object.defineProperty(view, displaySymbol, { value: () => ({ ...bundle }), configurable: true });
  return Object.assign(view, bundle);
}
