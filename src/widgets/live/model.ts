/** A widget's state in the kernel and, where pages can answer, the line to its counterpart there. */
import { type Comm, type CommMessage, type Comms, displayHook } from "../../core/display-hook.js";
import { ArgumentError } from "../../core/errors.js";
import { keepOpen } from "./open-models.js";
import { packState, shapedLike, unpackState, type WidgetValue } from "./wire.js";

/** Called with what the event brings; see `LiveModel.on`. */
export type ModelListener = (value: never, buffers: readonly Uint8Array[]) => unknown;

type State = Record<string, WidgetValue>;

/** What every anywidget says of itself; @see https://anywidget.dev and ipywidgets' messages, version 2.1.0 */
const kind = {
  _model_name: "AnyModel",
  _model_module: "anywidget",
  // any version before 1: the line is spoken alike since 0.9, and a page refuses versions that it does not have
  _model_module_version: "0.*",
  _view_name: "AnyView",
  _view_module: "anywidget",
  _view_module_version: "0.*",
  _view_count: null,
  _dom_classes: [],
  layout: null,
  tabbable: null,
  tooltip: null,
};

const protocol = { version: "2.1.0" };

export class LiveModel {
  readonly #code: State;
  readonly #state: State;
  readonly #listeners = new Map<string, Set<ModelListener>>();
  #comm: Comm | undefined;
  #forget: () => void = () => {};

  /** @param code what the page runs, as anywidget names it: `_esm`, `_css`, `_anywidget_id` */
  constructor(code: State, state: State) {
    packState(state);
    this.#code = code;
    this.#state = { ...state };
  }

  /** The name of the line, while it is open. */
  get id(): string | undefined {
    return this.#comm?.id;
  }

  /** The whole state as the page needs it. */
  get wholeState(): State {
    return { ...kind, ...this.#code, ...this.#state };
  }

  open(comms: Comms): void {
    const { buffers, ...data } = packState(this.wholeState);
    const comm = comms.open("jupyter.widget", { data, metadata: protocol, buffers });
    this.#comm = comm;
    this.#forget = keepOpen(comms, comm.id, this);
    comm.onMessage((message) => reported(() => this.#hear(message)));
    comm.onClose(() => this.#left());
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#state, name);
  }

  get(name: string): WidgetValue {
    if (!this.has(name)) throw new ArgumentError(name, `is not part of the state: ${this.#known()}`);
    return this.#state[name];
  }

  /**
   * Takes new values, tells the page, and calls listeners for what has changed.
   *
   * @throws ArgumentError when a name is not part of the state, or a value fits neither JSON nor bytes
   */
  set(values: Partial<State>): void {
    for (const name of Object.keys(values)) this.get(name);
    this.#post("update", values);
    this.#take(values as State);
  }

  /**
   * "change" brings a record of what has changed, "change:NAME" that value, "msg:custom" what the page sent and its
   * bytes.
   *
   * @returns what ends the listening
   */
  on(event: string, listener: ModelListener): () => void {
    const [, name] = /^change:(.*)$/.exec(event) ?? [];
    if (name !== undefined) this.get(name);
    else if (event !== "change" && event !== "msg:custom")
      throw new ArgumentError("event", `is "${event}": listen to "change", "change:NAME" or "msg:custom"`);
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  /** Sends something that is no state to the page. Does nothing where there is none. */
  send(content: unknown, buffers: readonly ArrayBufferView[] = []): void {
    const packed = packState({ content, buffers }, "message");
    if (packed.buffer_paths.some(([part]) => part === "content"))
      throw new ArgumentError("message.content", "holds typed arrays: give them as the second argument");
    this.#comm?.send({ data: { method: "custom", content: packed.state.content }, buffers: packed.buffers });
  }

  /** Ends the line: the page takes the widget's views away. State can still be read and set. */
  close(): void {
    const comm = this.#comm;
    this.#left();
    comm?.close();
  }

  #left(): void {
    this.#forget();
    this.#comm = undefined;
  }

  #hear({ data, buffers = [] }: CommMessage): void {
    if (data.method === "update") this.#update(data, buffers);
    else if (data.method === "request_state") this.#post("update", this.wholeState);
    else if (data.method === "custom") this.#call("msg:custom", data.content, buffers);
  }

  /** The page waits for the echo of its own values before anything else of them: without it, it goes back to the old. */
  #update({ state, buffer_paths }: Record<string, unknown>, buffers: readonly Uint8Array[]): void {
    if (typeof state !== "object" || state === null) return;
    const received = Object.entries(unpackState(state as State, buffer_paths as unknown[], buffers) as State);
    const own = received.filter(([name]) => this.has(name));
    this.#post("echo_update", Object.fromEntries(own));
    const typed = own.map(([name, value]) => [name, shapedLike(this.#state[name], value, name)]);
    this.#take(Object.fromEntries(typed) as State);
  }

  #post(method: "update" | "echo_update", values: Partial<State>): void {
    const { buffers, ...data } = packState(values);
    this.#comm?.send({ data: { method, ...data }, buffers });
  }

  #take(values: State): void {
    const changed = Object.entries(values).filter(
      ([name, value]) => typeof value === "object" || !Object.is(this.#state[name], value),
    );
    if (changed.length === 0) return;
    Object.assign(this.#state, Object.fromEntries(changed));
    for (const [name, value] of changed) this.#call(`change:${name}`, value);
    this.#call("change", Object.fromEntries(changed));
  }

  #call(event: string, value: unknown, buffers: readonly Uint8Array[] = []): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) reported(() => listener(value as never, buffers));
  }

  #known(): string {
    const names = Object.keys(this.#state);
    return names.length > 0 ? `it holds ${names.join(", ")}` : "it is empty";
  }
}

/** What goes wrong in a listener is shown as an error outside cells, and neither stops the others nor the line. */
function reported(call: () => unknown): void {
  try {
    call();
  } catch (error) {
    const report = displayHook()?.report;
    if (report) report(error);
    else
      queueMicrotask(() => {
        throw error;
      });
  }
}
