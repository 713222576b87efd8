/** The parent's side of the process that runs cells. */
import { type ChildProcess, spawn } from "node:child_process";
import type { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import { PatchlabError } from "../../core/errors.js";
import type { CompiledCell } from "../compiler/compiled-cell.js";
import { reportEnd } from "../values/error-report.js";
import { readMessages, sendMessage } from "./framing.js";
import type { CellEvent, CellOutcome, CommEvent, ErrorReport, FromCells, RunOptions, ToCells } from "./messages.js";
import { createOutputLimit } from "./output-limit.js";

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

function within(milliseconds: number, promise: Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout;
  const limit = new Promise((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}

/** Native code and grandchildren write past the cells' console, straight into the pipes. */
function readPipes(child: ChildProcess, listener: (event: CellEvent) => void): { restart(): void } {
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

/**
 * Starts a process that is ready to run cells in `folder`.
 *
 * @throws PatchlabError when it ends before it is ready
 */
export async function startCellProcess(options: CellProcessOptions): Promise<CellProcess> {
  const { folder, listener, onEnd, comms } = options;
  const child = launch(folder, comms);
  let alive = true;
  let running = true;
  let printed = "";
  let onReady: (() => void) | undefined;
  let onDone: ((message: Done) => void) | undefined;
  const answer = (): Promise<Done> => new Promise((resolve) => (onDone = resolve));
  const kill = (): boolean => child.kill("SIGKILL");
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const exited = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
  });
  process.once("exit", kill);
  void exited.then((how) => {
    alive = false;
    process.removeListener("exit", kill);
    if (!running) onEnd(endedReport(how, "after this cell"));
  });

  const limit = readPipes(child, (event) => {
    if (event.type === "stream" && printed.length < 4000) printed += event.text;
    listener(event);
  });
  const pipe = child.stdio[3] as Duplex | undefined;
  // What the process left unread when it ended is of no use.
  pipe?.on("error", () => undefined);
  if (pipe)
    readMessages<FromCells>(pipe, (message) => {
      if (message.type === "ready") onReady?.();
      else if (message.type === "done") onDone?.(message);
      else if (message.type !== "ended") listener(message);
    });
  const send = (message: ToCells): void => {
    if (pipe && alive) sendMessage(pipe, message);
  };

  const ready = new Promise<void>((resolve) => (onReady = resolve));
  const failed = await Promise.race([ready, exited]);
  if (failed !== undefined) {
    await within(graceMilliseconds, closed);
    throw new PatchlabError(`The process for the notebook's cells did not start (${failed}): ${printed.trim()}`);
  }
  running = false;

  return {
    kill,
    alive: () => alive,
    interrupt: () => send({ type: "interrupt" }),
    answer: (text) => send({ type: "answer", text }),
    comm: send,
    async run(compiled, options) {
      limit.restart();
      running = true;
      const done = answer();
      send({ type: "run", compiled, options });
      const outcome = await Promise.race([done, exited]);
      if (typeof outcome === "string") {
        // What it had already said is still to be read.
        await within(graceMilliseconds, closed);
        return { status: "ended", error: endedReport(outcome, "while this cell ran") };
      }
      running = false;
      // What native code and other processes wrote lies in the pipes by now, and is read in the next turn.
      await nextTurn();
      return outcome.outcome;
    },
    async close() {
      running = true;
      send({ type: "end" });
      await within(graceMilliseconds, exited);
      kill();
      await within(graceMilliseconds, closed);
    },
  };
}
