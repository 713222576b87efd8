/** What is published to all front ends, in order; text that comes in small pieces goes out in larger ones. */
import type { Draft, Header } from "../wire/message.js";

/** Text that comes within this time, in milliseconds, becomes one message. */
const gatherFor = 30;

interface Gathered {
  readonly parent: Header | undefined;
  readonly name: "stdout" | "stderr";
  text: string;
}

/** Publishes messages, and `stream` messages of what was gathered before any other of the same parent. */
export class Publisher {
  readonly #publish: (draft: Draft) => void;
  #gathered: Gathered | undefined;
  #timer: NodeJS.Timeout | undefined;
  #silent = true;

  constructor(publish: (draft: Draft) => void) {
    this.#publish = (draft) => {
      this.#silent = false;
      publish(draft);
    };
  }

  /** Whether nothing was published so far. */
  get silent(): boolean {
    return this.#silent;
  }

  publish(draft: Draft): void {
    if (this.#gathered?.parent === draft.parent) this.flush();
    this.#publish(draft);
  }

  status(state: "starting" | "busy" | "idle", parent?: Header): void {
    this.publish({ type: "status", parent, content: { execution_state: state } });
  }

  print(parent: Header | undefined, name: "stdout" | "stderr", text: string): void {
    const gathered = this.#gathered;
    if (gathered?.parent === parent && gathered?.name === name) {
      gathered.text += text;
      return;
    }
    this.flush();
    this.#gathered = { parent, name, text };
    this.#timer = setTimeout(() => this.flush(), gatherFor);
  }

  /** Sends what was gathered. */
  flush(): void {
    clearTimeout(this.#timer);
    const gathered = this.#gathered;
    this.#gathered = undefined;
    if (gathered === undefined || gathered.text === "") return;
    const { parent, name, text } = gathered;
    this.#publish({ type: "stream", parent, content: { name, text } });
  }
}
