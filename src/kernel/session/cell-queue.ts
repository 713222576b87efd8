/** Cells that wait for each other, and what they leave: the execution count and the history. */
import { setImmediate } from "node:timers/promises";
import type { DisplayData } from "../cells/messages.js";
import type { Interpreter } from "../interpreter.js";
import type { ExecuteRequest } from "../wire/requests.js";
import { History } from "./history.js";
import { type Outgoing, type Request, reply } from "./outgoing.js";
import type { Publisher } from "./publisher.js";
import { type CellRun, runCell } from "./run-cell.js";

interface Waiting {
  readonly request: Request;
  readonly content: ExecuteRequest;
}

export class CellQueue {
  readonly history: History = new History();
  readonly #interpreter: Promise<Interpreter>;
  readonly #outgoing: Outgoing;
  readonly #publisher: Publisher;
  readonly #onEnd: () => void;
  #waiting: Waiting[] = [];
  #latest: Request | undefined;
  #running: CellRun | undefined;
  #busy = false;
  #closed = false;
  #count = 0;
  #unnumbered = 0;

  /** @param onEnd called when a cell has run, before its reply */
  constructor(interpreter: Promise<Interpreter>, outgoing: Outgoing, publisher: Publisher, onEnd: () => void) {
    this.#interpreter = interpreter;
    this.#outgoing = outgoing;
    this.#publisher = publisher;
    this.#onEnd = onEnd;
  }

  /** The cell that runs or, where none does, the one that ran last: whatever cells do is its doing. */
  get latest(): Request | undefined {
    return this.#latest;
  }

  /** Whether a cell runs. */
  get busy(): boolean {
    return this.#busy;
  }

  add(request: Request, content: ExecuteRequest): void {
    if (this.#closed) return;
    this.#waiting.push({ request, content });
    if (!this.#busy) void this.#drain();
  }

  /** Takes what the running cell gives to read aside; returns false where none runs, since then no reply can hold it. */
  page(data: DisplayData): boolean {
    this.#running?.pages.push(data);
    return this.#running !== undefined;
  }

  /** No cell begins after this, and what becomes of the one that runs is told to nobody. */
  close(): void {
    this.#closed = true;
    this.#waiting = [];
  }

  async #drain(): Promise<void> {
    this.#busy = true;
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) await this.#run(next);
    this.#busy = false;
  }

  async #run({ request, content }: Waiting): Promise<void> {
    const started = new Date().toISOString();
    // what came since the last cell belongs to that
    this.#publisher.flush();
    this.#latest = request;
    this.#publisher.status("busy", request.header);
    const stored = !content.silent && (content.store_history ?? true) && content.code.trim() !== "";
    if (stored) this.#count++;
    const run = this.#describe(request, content, stored);
    this.#running = run;
    const { content: answer, output } = await runCell(this.#interpreter, run, this.#publisher);
    this.#running = undefined;
    this.#onEnd();
    const stops = answer.status === "error" && content.stop_on_error && !content.silent;
    const aborted = stops ? await this.#takeWaiting() : [];
    if (this.#closed) return;
    if (stored) this.history.add(run.count, content.code, output);
    this.#publisher.flush();
    reply(this.#outgoing, request, answer, { started, status: answer.status });
    this.#publisher.status("idle", request.header);
    for (const waiting of aborted) this.#abort(waiting);
  }

  /** What was asked for before the error is told. */
  async #takeWaiting(): Promise<Waiting[]> {
    // what has arrived already and waits to be read belongs to it
    await setImmediate();
    return this.#waiting.splice(0);
  }

  #abort({ request }: Waiting): void {
    this.#publisher.status("busy", request.header);
    reply(this.#outgoing, request, { status: "aborted" }, { status: "aborted" });
    this.#publisher.status("idle", request.header);
  }

  #describe({ header, metadata }: Request, content: ExecuteRequest, stored: boolean): CellRun {
    const label = stored ? `cell [${this.#count}]` : `unnumbered cell ${++this.#unnumbered}`;
    const cellId = typeof metadata.cellId === "string" ? metadata.cellId : undefined;
    return { content, header, cellId, label, count: this.#count, pages: [] };
  }
}
