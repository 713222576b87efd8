/** What a kernel does with the messages of its front ends. */
import { setImmediate } from "node:timers/promises";
import type { CellEvent } from "../cells/messages.js";
import type { Interpreter } from "../interpreter.js";
import type { Complain } from "../wire/complaints.js";
import type { Connection } from "../wire/connection-file.js";
import type { Message } from "../wire/message.js";
import { checkContent } from "../wire/requests.js";
import type { Channel } from "../wire/sockets.js";
import { type Answer, createAnswers } from "./answers.js";
import { publishEvent } from "./cell-output.js";
import { CellQueue } from "./cell-queue.js";
import { failureOf } from "./failure.js";
import { InputRequests } from "./input.js";
import { type Outgoing, type Request, reply } from "./outgoing.js";
import { Publisher } from "./publisher.js";

export interface SessionOptions {
  readonly outgoing: Outgoing;
  /** Messages are answered while it starts; cells wait for it. */
  readonly interpreter: Promise<Interpreter>;
  readonly ports: Connection["ports"];
  readonly complain: Complain;
  /** A front end wants the kernel to end; it has its reply already. */
  readonly onShutdown: () => void;
}

export class KernelSession {
  readonly #options: SessionOptions;
  readonly #publisher: Publisher;
  readonly #input: InputRequests;
  readonly #cells: CellQueue;
  readonly #answers: ReadonlyMap<string, Answer>;
  #ready: Interpreter | undefined;

  constructor(options: SessionOptions) {
    const { outgoing, interpreter, ports } = options;
    this.#options = options;
    this.#publisher = new Publisher((draft) => outgoing.publish(draft));
    this.#input = new InputRequests(outgoing);
    this.#cells = new CellQueue(interpreter, outgoing, this.#publisher, () => this.#input.forget());
    const { history } = this.#cells;
    const openComms = (): ReadonlyMap<string, string> => this.#ready?.openComms() ?? new Map();
    this.#answers = createAnswers({ interpreter, history, ports, openComms, interrupt: () => this.interrupt() });
    void this.#waitFor(interpreter);
  }

  /**
   * Somebody listens from now on. The first to do so hears that the kernel has come to life: sent any earlier, that
   * would reach nobody or, by chance, somebody who has not been welcomed yet.
   */
  subscribed(): void {
    if (this.#publisher.silent) this.#publisher.status("starting");
  }

  /** Takes a message of somebody who holds the key; whatever it holds, this does not throw. */
  receive(channel: Channel, message: Message): void {
    const request = { ...message, channel };
    const type = message.header.msg_type;
    if (channel === "stdin") this.#takeInput(request);
    else if (type === "execute_request") this.#execute(request);
    else if (type === "shutdown_request") void this.#shutDown(request);
    else void this.#answer(request, this.#answers.get(type) ?? ((unknown) => this.#refuse(unknown)));
  }

  /** Takes what cells do. */
  event(event: CellEvent): void {
    const cell = this.#cells.latest;
    if (event.type === "input") {
      if (cell !== undefined) this.#ask(cell, event.prompt, event.password);
    } else if (event.type !== "page") {
      // a page that asks for a widget's state knows its answer by this alone
      const asked = event.type === "comm" ? event.request : undefined;
      publishEvent(this.#publisher, event, asked ?? cell?.header);
    } else if (!this.#cells.page(event.data)) {
      const shown = { type: "display", data: event.data, metadata: {}, update: false } as const;
      publishEvent(this.#publisher, shown, cell?.header);
    }
  }

  /** Ends the cell that runs. One that waits for the interpreter to start is ended as soon as it has begun. */
  interrupt(): void {
    if (this.#ready) this.#ready.interrupt();
    else void this.#interruptWhenReady();
  }

  /** Nothing is run or told any more. */
  close(): void {
    this.#cells.close();
    this.#publisher.flush();
  }

  #ask(cell: Request, prompt: string, password: boolean): void {
    this.#publisher.flush();
    this.#input.ask(cell, prompt, password);
  }

  async #waitFor(interpreter: Promise<Interpreter>): Promise<void> {
    // cells and requests that wait for it are told when it does not start
    this.#ready = await interpreter.catch(() => undefined);
  }

  async #interruptWhenReady(): Promise<void> {
    const interpreter = await this.#options.interpreter.catch(() => undefined);
    // the cell that waits begins in this turn of the event loop
    await setImmediate();
    interpreter?.interrupt();
  }

  /** Publishes that it is at work while it finds the answer, and sends that, or what went wrong. */
  async #answer(request: Request, answer: Answer): Promise<void> {
    const { header } = request;
    this.#publisher.status("busy", header);
    const content = await answer(request).catch(failureOf);
    if (content !== undefined && header.msg_type.endsWith("_request")) reply(this.#options.outgoing, request, content);
    else if (content !== undefined) this.#options.complain(`A message was refused: ${content.evalue}.`);
    this.#publisher.status("idle", header);
    // front ends show the last state that they heard of, whatever it belonged to
    if (this.#cells.busy) this.#publisher.status("busy");
  }

  async #refuse({ header, channel }: Request): Promise<undefined> {
    // a type is whatever somebody wrote there
    const type = JSON.stringify(header.msg_type.slice(0, 60));
    this.#options.complain(`A message of type ${type} on ${channel} means nothing here.`);
  }

  #execute(request: Request): void {
    try {
      this.#cells.add(request, checkContent("execute_request", request.content));
    } catch (error) {
      void this.#answer(request, () => Promise.reject(error));
    }
  }

  async #shutDown(request: Request): Promise<void> {
    const { outgoing, onShutdown } = this.#options;
    let restart: boolean | undefined;
    await this.#answer(request, async () => {
      ({ restart } = checkContent("shutdown_request", request.content));
      return { status: "ok", restart };
    });
    if (restart === undefined) return;
    this.close();
    outgoing.publish({ type: "shutdown_reply", parent: request.header, content: { status: "ok", restart } });
    onShutdown();
  }

  #takeInput(request: Request): void {
    try {
      const text = this.#input.take(request);
      if (text === undefined) this.#options.complain("An answer came to a question that nobody has asked.");
      else this.#ready?.answer(text);
    } catch (error) {
      this.#options.complain(`An answer was refused: ${(error as Error).message}.`);
    }
  }
}
