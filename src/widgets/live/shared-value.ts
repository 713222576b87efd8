/** The value that the reader of a figure and the notebook share: a threshold, a selection. */
import { randomUUID } from "node:crypto";
import type { DisplayHook } from "../../core/display-hook.js";
import { bridgeEsm } from "./bridge-esm.js";
import { LiveModel } from "./model.js";
import { answeringPages, openLine } from "./open-lines.js";
import type { WidgetValue } from "./wire.js";

export class SharedValue<V extends WidgetValue> {
  readonly #figure = randomUUID();
  readonly #model: LiveModel;
  readonly #checked: (value: unknown) => V;
  #value: V;

  /** @param checked makes a value of what the notebook or a page gives, and throws for what is none */
  constructor(first: V, checked: (value: unknown) => V) {
    this.#value = first;
    this.#checked = checked;
    const code = { _esm: bridgeEsm, _anywidget_id: "patchlab-figure" };
    this.#model = new LiveModel(code, { figure: this.#figure, value: first });
    this.#model.on("change:value", (value: unknown) => {
      this.#value = checked(value);
    });
  }

  get value(): V {
    return this.#value;
  }

  /** @throws what `checked` throws */
  set(value: unknown): void {
    this.#model.set({ value: this.#checked(value) });
  }

  onChange(listener: (value: V) => unknown): () => void {
    return this.#model.on("change:value", () => listener(this.#value));
  }

  /** Answers a page that asks something. */
  onAsk(listener: (question: unknown) => unknown): void {
    this.#model.on("msg:custom", listener);
  }

  /** Sends something beside the value to the pages. */
  send(content: WidgetValue, buffers: readonly ArrayBufferView[]): void {
    this.#model.send(content, buffers);
  }

  /**
   * Displays a figure, and opens its line where a page may answer.
   *
   * @param html replaces the figure's HTML
   */
  async display(display: DisplayHook, html: string, show: (html: string) => unknown): Promise<void> {
    const comms = answeringPages(display);
    await show(comms ? named(html, this.#figure) : html);
    if (comms) openLine(display, comms, this.#model);
  }

  close(): void {
    this.#model.close();
  }
}

/** A figure under whose name its page looks for the line; see page/kernel.ts. */
function named(html: string, name: string): string {
  return html.replace('<figure class="patchlab" ', `<figure class="patchlab" data-line="${name}" `);
}
