/** Outputs of a notebook that can be replaced: `display(value)` and its handle. */
import { randomUUID } from "node:crypto";
import { types } from "node:util";
import { ArgumentError } from "../../core/errors.js";
import type { DisplayData } from "../cells/messages.js";
import { type Shown, type ToDisplayDataOptions, toDisplayData } from "./display-data.js";
import type { ReportContext } from "./error-report.js";
import { hidden } from "./own-display.js";
import type { DisplayHandle, DisplayOptions } from "./public-types.js";

export type SendDisplay = (data: DisplayData, displayId: string, update: boolean) => void;

/** One place in the output; its first value adds it, later ones replace. */
class Place {
  #added = false;
  #drawing: Promise<void> | undefined;
  readonly #id: string;
  readonly #send: SendDisplay;
  readonly #options: ToDisplayDataOptions;

  constructor(id: string, send: SendDisplay, options: ToDisplayDataOptions) {
    this.#id = id;
    this.#send = send;
    this.#options = options;
  }

  get drawing(): Promise<void> | undefined {
    return this.#drawing;
  }

  /** At once where that can be, so that the order with printed text stays; else after what is still being drawn. */
  show(value: unknown): void {
    const data = value === undefined ? { "text/plain": "undefined" } : toDisplayData(value, this.#options);
    if (!this.#drawing && !types.isPromise(data)) {
      this.#put(data as Shown);
      return;
    }
    const drawing: Promise<void> = Promise.all([data, this.#drawing]).then(([drawn]) => {
      this.#put(drawn);
      if (this.#drawing === drawing) this.#drawing = undefined;
    });
    this.#drawing = drawing;
  }

  #put(data: Shown): void {
    if (data === undefined && !this.#added) return;
    this.#send(data ?? { "text/plain": "" }, this.#id, this.#added);
    this.#added = true;
  }
}

export class Displays {
  readonly #send: SendDisplay;
  readonly #options: ToDisplayDataOptions;
  readonly #drawing: Set<Promise<void>> = new Set();

  constructor(send: SendDisplay, context?: ReportContext) {
    this.#send = send;
    this.#options = context === undefined ? {} : { context };
  }

  /** @throws ArgumentError when `options.id` is no text */
  display(value: unknown, options: DisplayOptions = {}): DisplayHandle {
    const id = options.id ?? randomUUID();
    if (typeof id !== "string" || id === "") {
      throw new ArgumentError("display(value, { id })", "takes a text of one character or more as id");
    }
    const place = new Place(id, this.#send, this.#options);
    const show = (shown: unknown): void => {
      place.show(shown);
      this.#track(place.drawing);
    };
    show(value);
    return hidden({
      id,
      get ready(): Promise<void> {
        return place.drawing ?? Promise.resolve();
      },
      update: show,
    });
  }

  /** What is being drawn is waited for no longer; it may never end. */
  forget(): void {
    this.#drawing.clear();
  }

  async settled(): Promise<void> {
    while (this.#drawing.size > 0) await Promise.all(this.#drawing);
  }

  #track(drawing: Promise<void> | undefined): void {
    if (!drawing || this.#drawing.has(drawing)) return;
    this.#drawing.add(drawing);
    void drawing.finally(() => this.#drawing.delete(drawing));
  }
}
