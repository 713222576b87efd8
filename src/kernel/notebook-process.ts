/** The parent's side of the process that runs a notebook's cells. */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { PatchlabError } from "../core/errors.js";
import { reportEnd } from "./error-report.js";
import type { FromCells, ToCells } from "./notebook-messages.js";

/** How a cell went; after `ended` the process is gone, by a time limit or by itself. */
export type Outcome = "ok" | "failed" | "ended";

/** Receives what the cells print and show, in order. */
export type Listener = (message: FromCells) => void;

export interface NotebookProcess {
  /** Runs one cell; unless it is `ok`, the listener has been told why. */
  run(code: string, timeoutSeconds: number | undefined): Promise<Outcome>;
  /** Ends the process and waits until its last output has come. */
  close(): Promise<void>;
  /** Ends it at once. */
  kill(): void;
}

/** How long a process may take to end by itself, and its pipes to close after it has ended. */
const graceMilliseconds = 2000;

function launch(folder: string): ChildProcess {
  const { FORCE_COLOR: _, ...env } = process.env;
  return fork(fileURLToPath(new URL("./notebook-child.js", import.meta.url)), [], {
    cwd: folder,
    // Colours have no place in a file, and the caller's own loaders and flags are not the cells'.
    env,
    execArgv: [],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
}

/** Native code and grandchildren write past the cells' console, straight into the pipes. */
function readPipes(child: ChildProcess, listener: Listener): void {
  for (const name of ["stdout", "stderr"] as const) {
    child[name]!.setEncoding("utf8").on("data", (text: string) => listener({ type: "stream", name, text }));
  }
}

function within(milliseconds: number, promise: Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout;
  const limit = new Promise((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}

interface Line {
  /** The next `ready` or `done` of the child. */
  answer(): Promise<FromCells>;
  /** Why the child is gone: its exit code, its signal or the error of starting it. */
  readonly exited: Promise<string>;
  /** Its pipes have ended too. */
  readonly closed: Promise<void>;
}

function listen(child: ChildProcess, listener: Listener): Line {
  let settle: ((message: FromCells) => void) | undefined;
  child.on("message", (message: FromCells) => {
    if (message.type === "ready" || message.type === "done") settle?.(message);
    else listener(message);
  });
  readPipes(child, listener);
  return {
    answer: () => new Promise((resolve) => (settle = resolve)),
    closed: new Promise((resolve) => child.once("close", () => resolve())),
    exited: new Promise((resolve) => {
      child.once("error", (error) => resolve(error.message));
      child.once("exit", (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
    }),
  };
}

/** Resolves to "late" after the limit, or never without one; `cancel` lets the process end before it. */
function timeLimit(seconds: number | undefined): { late: Promise<"late">; cancel: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => {
    if (seconds !== undefined) timer = setTimeout(() => resolve("late"), seconds * 1000);
  });
  return { late, cancel: () => clearTimeout(timer) };
}

/**
 * Starts a process that is ready to run cells in `folder`.
 *
 * @throws PatchlabError when it ends before it is ready
 */
export async function startProcess(folder: string, listener: Listener): Promise<NotebookProcess> {
  const child = launch(folder);
  const send = (message: ToCells): boolean => child.send(message, () => undefined);
  const kill = (): boolean => child.kill("SIGKILL");
  let printed = "";
  const { answer, exited, closed } = listen(child, (message) => {
    if (message.type === "stream" && printed.length < 4000) printed += message.text;
    listener(message);
  });
  process.once("exit", kill);
  void exited.then(() => process.removeListener("exit", kill));

  const gone = await Promise.race([answer(), exited]);
  if (typeof gone === "string") {
    await within(graceMilliseconds, closed);
    throw new PatchlabError(`The process for the notebook's cells did not start (${gone}): ${printed.trim()}`);
  }

  function fail(ename: string, evalue: string): Outcome {
    listener({ type: "error", ...reportEnd(ename, evalue) });
    return "ended";
  }

  return {
    kill,
    async run(code, timeoutSeconds) {
      const { late, cancel } = timeLimit(timeoutSeconds);
      const done = answer();
      send({ type: "run", code });
      const outcome = await Promise.race([done, late, exited]);
      cancel();
      if (typeof outcome === "object") return outcome.type === "done" && outcome.ok ? "ok" : "failed";
      if (outcome === "late") kill();
      // What it had already said is still to be read.
      await within(graceMilliseconds, closed);
      if (outcome === "late") {
        return fail(
          "TimeoutError",
          `the cell ran longer than ${timeoutSeconds} s: raise the limit or give it less work`,
        );
      }
      return fail(
        "ProcessEnded",
        `the process ended (${outcome}) while this cell ran: process.exit, too little memory or a crash in native code`,
      );
    },
    async close() {
      if (child.connected) send({ type: "end" });
      await within(graceMilliseconds, exited);
      kill();
      await within(graceMilliseconds, closed);
    },
  };
}
