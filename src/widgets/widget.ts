/** Widgets of one's own: a piece of page script and a state that page and notebook share. */
import { createHash } from "node:crypto";
import { displayHook, type JupyterBundle } from "../core/display-hook.js";
import { ArgumentError } from "../core/errors.js";
import type { MimeBundle } from "./bundle.js";
import { displaySymbol } from "./live/figure-view.js";
import { LiveModel, type ModelListener } from "./live/model.js";
import type { WidgetValue } from "./live/wire.js";

export type { WidgetValue } from "./live/wire.js";

/** What a page and the notebook share, by name: JSON values and typed arrays. */
export type WidgetState = Record<string, WidgetValue>;

export interface WidgetOptions<S extends WidgetState> {
  /**
   * the page's part as an anywidget module, or its address: `export default { render({ model, el }) { … } }`. There,
   * `model.get(name)`, `model.set(name, value)` with `model.save_changes()`, `model.on("change:name", …)`,
   * `model.send(content)` and `model.on("msg:custom", …)` are the other ends of the methods here. A typed array
   * arrives there as a DataView.
   */
  readonly esm: string;
  /** style for it, or its address */
  readonly css?: string;
  /** names and first values of what both share */
  readonly state: S;
  /** what shows where no page can answer: static HTML, GitHub, a shell @default the state as text */
  readonly fallback?: JupyterBundle | Partial<MimeBundle>;
}

/** What is heard of a widget. */
export interface WidgetEvents<S extends WidgetState> {
  /** what has changed, in the page or here */
  change: (changed: Partial<S>) => unknown;
  /** what the page sent by `model.send(content, callbacks, buffers)` */
  "msg:custom": (content: unknown, buffers: readonly Uint8Array[]) => unknown;
}

/** A widget as the notebook holds it. It shows itself as the last expression of a cell, as often as one likes. */
export interface Widget<S extends WidgetState> {
  /** its name on the line to the pages; undefined where there is none, or no longer */
  readonly id: string | undefined;
  /** @throws ArgumentError when the state has no such name */
  get<K extends keyof S & string>(name: K): S[K];
  /**
   * Takes new values here and in the page.
   *
   * @throws ArgumentError when the state has no such name, or the value is neither JSON nor a typed array
   */
  set(values: Partial<S>): void;
  /**
   * Calls `listener` on each "change", "change:NAME" or "msg:custom". What it throws is shown like any error outside a
   * cell, and the widget goes on.
   *
   * @returns what ends it
   * @throws ArgumentError when there is no such event
   */
  on<K extends keyof S & string>(event: `change:${K}`, listener: (value: S[K]) => unknown): () => void;
  on<E extends keyof WidgetEvents<S>>(event: E, listener: WidgetEvents<S>[E]): () => void;
  /** Sends something that is no state: JSON, and bytes beside it. */
  send(content: WidgetValue, buffers?: readonly ArrayBufferView[]): void;
  /** Takes the widget out of the pages. State can still be read and set. */
  close(): void;
}

const viewType = "application/vnd.jupyter.widget-view+json";

/** Names that Jupyter's widgets use themselves. */
const taken = ["layout", "tabbable", "tooltip"];

/**
 * A widget by the anywidget protocol: `esm` runs in the page, `state` is shared both ways. It needs a notebook with
 * widgets (`pip install anywidget`); elsewhere its fallback shows, and the state works by itself. Opened again without
 * its kernel, JupyterLab shows in its place that the model is gone, as for all of Jupyter's widgets.
 *
 * @throws ArgumentError when `esm` is no text, a name of the state is one that Jupyter uses (a leading `_`, `layout`,
 *   `tabbable`, `tooltip`), or a value is neither JSON nor a typed array
 * @see https://anywidget.dev for what the page's part can do
 * @example
 * const counter = widget({
 *   esm: `export default { render({ model, el }) {
 *     const button = document.createElement("button");
 *     const show = () => { button.textContent = model.get("count"); };
 *     button.onclick = () => { model.set("count", model.get("count") + 1); model.save_changes(); };
 *     model.on("change:count", show);
 *     show();
 *     el.append(button);
 *   } };`,
 *   state: { count: 0 },
 * });
 * counter.on("change:count", (count) => console.log(count));
 * counter
 */
export function widget<S extends WidgetState>(options: WidgetOptions<S>): Widget<S> {
  const { esm, css, state, fallback } = options;
  if (typeof esm !== "string" || esm.trim() === "")
    throw new ArgumentError("esm", "is no text: give the source of a module that exports { render }");
  for (const name of Object.keys(state))
    if (name.startsWith("_") || taken.includes(name))
      throw new ArgumentError(`state.${name}`, "is a name that Jupyter's widgets use themselves: choose another");
  const style: WidgetState = css === undefined ? {} : { _css: css, _anywidget_id: styleName(css) };
  const model = new LiveModel({ _esm: esm, _anywidget_id: "patchlab", ...style }, state);
  const comms = displayHook()?.comms;
  if (comms) model.open(comms);
  return handle<S>(model, () => bundle(model, state, fallback));
}

function handle<S extends WidgetState>(model: LiveModel, display: () => JupyterBundle): Widget<S> {
  const own: Widget<S> = {
    get id() {
      return model.id;
    },
    get: (name) => model.get(name) as never,
    set: (values) => model.set(values as WidgetState),
    on: (event: string, listener: unknown) => model.on(event, listener as ModelListener),
    send: (content, buffers) => model.send(content, buffers),
    close: () => model.close(),
  };
  return Object.defineProperty(own, displaySymbol, { value: display });
}

function bundle(model: LiveModel, state: WidgetState, fallback: WidgetOptions<WidgetState>["fallback"]): JupyterBundle {
  const { id } = model;
  const view =
    id === undefined ? {} : { [viewType]: JSON.stringify({ version_major: 2, version_minor: 0, model_id: id }) };
  return { ...view, ...(fallback ?? { "text/plain": asText(model, Object.keys(state)) }) } as JupyterBundle;
}

/** Pages tell style sheets apart by their name: the same style has the same one. */
function styleName(css: string): string {
  return `patchlab-${createHash("sha256").update(css).digest("hex").slice(0, 16)}`;
}

/** The state in a line. */
function asText(model: LiveModel, names: readonly string[]): string {
  const parts = names.map((name) => {
    const value = model.get(name);
    const text = ArrayBuffer.isView(value) ? `${value.byteLength} bytes` : JSON.stringify(value);
    return `${name} ${text.length > 60 ? `${text.slice(0, 59)}…` : text}`;
  });
  return `A widget, which a notebook with anywidget shows: ${parts.join(", ")}`;
}
