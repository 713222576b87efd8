/** The parent's side of the process that runs cells. */
import { type ChildProcess, spawn } from "node:child_process";
import type { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import { PatchlabError } from "../../core/errors.js";
import type { CompiledCell } from "../compiler/compiled-cell.js";
import { reportEnd } from "../values/error-report.js";
import { within } from "../within.js";
import { readMessages, sendMessage } from "./framing.js";
import type { CellEvent, CellOutcome, CommEvent, ErrorReport, FromCells, RunOptions, ToCells } from "./messages.js";
import { createOutputLimit, type OutputLimit } from "./output-limit.js";

export interface CellProcess {
  /** Runs one cell; the listener has been told all that it did when this resolves. One at a time. */
  run(compiled: CompiledCell, options: RunOptions): Promise<CellOutcome>;
  interrupt(): void;
  answer(text: string): void;
  comm(event: CommEvent): void;
  /** Whether the process is there. */
  alive(): boolean;
  /** Lets the process end, its exit listeners included, and waits for it and its last output. */
  close(): Promise<void>;
  /** Ends it at once. */
  kill(): void;
}

/** How long a process may take to end by itself, and its pipes to close after it has ended. */
const graceMilliseconds = 2000;

const node = [
  // An interrupt may cut a timer's callback off, whose bookkeeping then does not add up: Node would end over it.
  "--no-force-async-hooks-checks",
];

function launch(folder: string, comms: boolean): ChildProcess {
  const { FORCE_COLOR: _, ...env } = process.env;
  const child = fileURLToPath(new URL("./child.js", import.meta.url));
  return spawn(process.execPath, [...node, child, ...(comms ? ["--comms"] : [])], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    windowsHide: true,
  });
}

/** Native code and grandchildren write past the cells' console, straight into the pipes. */
function readPipes(child: ChildProcess, listener: (event: CellEvent) => void): OutputLimit {
  const limit = createOutputLimit();
  for (const name of ["stdout", "stderr"] as const) {
    child[name]!.setEncoding("utf8").on("data", (chunk: string) => {
      const text = limit.fit(chunk);
      if (text !== "") listener({ type: "stream", name, text });
    });
  }
  return limit;
}

type Done = Extract<FromCells, { type: "done" }>;

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function endedReport(how: string, when: string): ErrorReport {
  const crashed = how === "signal SIGABRT" || how === "exit code 134";
  const why = crashed ? "too little memory, or a crash in native code" : "the cell ended it, or the system did";
  const what = `the process of the cells ended ${when} (${how}): ${why}`;
  return reportEnd("ProcessEnded", `${what}. All variables are gone, and the next cell starts afresh.`);
}

export interface CellProcessOptions {
  readonly folder: string;
  /** Takes what the cells do, in order. */
  readonly listener: (event: CellEvent) => void;
  /** Called when the process ends by itself between two cells. */
  readonly onEnd: (error: ErrorReport) => void;
  /** Whether pages can open and hold lines to the cells. */
  readonly comms: boolean;
}

class SpawnedCells implements CellProcess {
  readonly #options: CellProcessOptions;
  readonly #child: ChildProcess;
  readonly #pipe: Duplex | undefined;
  readonly #pipeLimit: OutputLimit;
  /** Resolves with its exit code, its signal or the error of starting it. */
  readonly #exited: Promise<string>;
  /** Its pipes have ended too. */
  readonly #closed: Promise<void>;
  #alive = true;
  /** Whether somebody waits for it, and hears of its end that way. */
  #awaited = true;
  #printed = "";
  #onReady: () => void = () => undefined;
  #onDone: (message: Done) => void = () => undefined;

  constructor(options: CellProcessOptions) {
    this.#options = options;
    const child = launch(options.folder, options.comms);
    this.#child = child;
    this.#pipe = child.stdio[3] as Duplex | undefined;
    this.#closed = new Promise((resolve) => child.once("close", () => resolve()));
    this.#exited = new Promise((resolve) => {
      child.once("error", (error) => resolve(error.message));
      child.once("exit", (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
    });
    process.once("exit", this.kill);
    void this.#exited.then((how) => this.#ended(how));
    this.#pipeLimit = readPipes(child, (event) => {
      if (event.type === "stream" && this.#printed.length < 4000) this.#printed += event.text;
      options.listener(event);
    });
    // What the process left unread when it ended is of no use.
    this.#pipe?.on("error", () => undefined);
    if (this.#pipe) readMessages<FromCells>(this.#pipe, (message) => this.#receive(message));
  }

  #receive(message: FromCells): void {
    if (message.type === "ready") this.#onReady();
    else if (message.type === "done") this.#onDone(message);
    else this.#options.listener(message);
  }

  #send(message: ToCells): void {
    if (this.#pipe && this.#alive) sendMessage(this.#pipe, message);
  }

  #ended(how: string): void {
    this.#alive = false;
    process.removeListener("exit", this.kill);
    if (!this.#awaited) this.#options.onEnd(endedReport(how, "after this cell"));
  }

  /** @throws PatchlabError when it ends before it is ready */
  async ready(): Promise<void> {
    const ready = new Promise<void>((resolve) => {
      this.#onReady = resolve;
    });
    const failed = await Promise.race([ready, this.#exited]);
    if (failed !== undefined) {
      await within(graceMilliseconds, this.#closed);
      throw new PatchlabError(
        `The process for the notebook's cells did not start (${failed}): ${this.#printed.trim()}`,
      );
    }
    this.#awaited = false;
  }

  async run(compiled: CompiledCell, options: RunOptions): Promise<CellOutcome> {
    this.#pipeLimit.restart();
    this.#awaited = true;
    const done = new Promise<Done>((resolve) => {
      this.#onDone = resolve;
    });
    this.#send({ type: "run", compiled, options });
    const outcome = await Promise.race([done, this.#exited]);
    if (typeof outcome === "string") {
      // What it had already said is still to be read.
      await within(graceMilliseconds, this.#closed);
      return { status: "ended", error: endedReport(outcome, "while this cell ran") };
    }
    this.#awaited = false;
    // What native code and other processes wrote lies in the pipes by now, and is read in the next turn.
    await nextTurn();
    const note = this.#pipeLimit.note();
    if (note !== undefined) this.#options.listener({ type: "stream", name: "stderr", text: note });
    return outcome.outcome;
  }

  interrupt(): void {
    this.#send({ type: "interrupt" });
  }

  answer(text: string): void {
    this.#send({ type: "answer", text });
  }

  comm(event: CommEvent): void {
    this.#send(event);
  }

  alive(): boolean {
    return this.#alive;
  }

  readonly kill = (): void => void this.#child.kill("SIGKILL");

  async close(): Promise<void> {
    this.#awaited = true;
    this.#send({ type: "end" });
    await within(graceMilliseconds, this.#exited);
    this.kill();
    await within(graceMilliseconds, this.#closed);
  }
}

/**
 * Starts a process that is ready to run cells in `folder`.
 *
 * @throws PatchlabError when it ends before it is ready
 */
export async function startCellProcess(options: CellProcessOptions): Promise<CellProcess> {
  const cells = new SpawnedCells(options);
  await cells.ready();
  return cells;
}
