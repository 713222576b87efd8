/** Lines of text that a cell asks the user for. */
import type { Message } from "../wire/message.js";
import { checkContent } from "../wire/requests.js";
import type { Outgoing, Request } from "./outgoing.js";

export class InputRequests {
  readonly #outgoing: Outgoing;
  #pending: string | undefined;

  constructor(outgoing: Outgoing) {
    this.#outgoing = outgoing;
  }

  /** Asks the front end that has sent the cell. */
  ask(cell: Request, prompt: string, password: boolean): void {
    const content = { prompt, password };
    this.#pending = this.#outgoing.send("stdin", cell.identities, {
      type: "input_request",
      parent: cell.header,
      content,
    });
  }

  /**
   * The text of an answer, or nothing where it answers no question that is still open.
   *
   * @throws BadRequest where it holds no text; the question stays open
   */
  take({ header, parent, content }: Message): string | undefined {
    if (this.#pending === undefined || header.msg_type !== "input_reply") return undefined;
    // some front ends name the question as parent, some nothing
    if (parent.msg_type === "input_request" && parent.msg_id !== this.#pending) return undefined;
    const { value } = checkContent("input_reply", content);
    this.#pending = undefined;
    return value;
  }

  /** Nobody waits for an answer any more. */
  forget(): void {
    this.#pending = undefined;
  }
}
