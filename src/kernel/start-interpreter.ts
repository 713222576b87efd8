/** Joins the compiler of cells and the process that runs them, with the state that both must agree on. */
import { type CellProcess, startCellProcess } from "./cells/cell-process.js";
import type { CellEvent, CommEvent, ErrorReport } from "./cells/messages.js";
import type { CellCompiler } from "./compiler/compiled-cell.js";
import { startCompiler } from "./compiler/start-compiler.js";
import type { ExecuteOptions, Execution, Interpreter, InterpreterOptions } from "./interpreter.js";
import { reportDiagnostics, reportEnd } from "./values/error-report.js";

/** The lines between pages and cells, as seen in passing. */
interface OpenComms {
  readonly targets: ReadonlyMap<string, string>;
  see(event: CellEvent): void;
  clear(): void;
}

function followComms(): OpenComms {
  const targets = new Map<string, string>();
  return {
    targets,
    see(event) {
      if (event.type !== "comm") return;
      if (event.event === "open") targets.set(event.id, event.target ?? "");
      else if (event.event === "close") targets.delete(event.id);
    },
    clear: () => targets.clear(),
  };
}

const interrupted = (): ErrorReport => reportEnd("Interrupted", "the cell was interrupted before it ran");

/**
 * Starts an interpreter for cells that run in `folder`: its compiler and its process load at the same time.
 * @throws PatchlabError when the process does not start
 */
export async function startInterpreter(options: InterpreterOptions): Promise<Interpreter> {
  const { folder, onEvent, comms: withComms = false } = options;
  const comms = followComms();
  const listener = (event: CellEvent): void => {
    comms.see(event);
    onEvent(event);
  };
  /** Lines to cells that are gone lead nowhere. */
  const closeComms = (): void => {
    for (const id of comms.targets.keys())
      onEvent({ type: "comm", event: "close", id, data: {}, metadata: {}, buffers: [] });
    comms.clear();
  };
  const onEnd = (error: ErrorReport): void => {
    closeComms();
    onEvent({ type: "error", ...error });
  };
  const start = (): Promise<CellProcess> => startCellProcess({ folder, listener, onEnd, comms: withComms });
  const compiler: CellCompiler = startCompiler(folder);
  let cells: CellProcess;
  try {
    cells = await start();
  } catch (error) {
    await compiler.close();
    throw error;
  }
  let last: Promise<unknown> = Promise.resolve();
  let running = false;
  let stopRequested = false;
  let closed = false;

  /** A process that ended took all names with it, so the compiler forgets them too. */
  async function restart(): Promise<void> {
    await compiler.reset();
    cells = await start();
  }

  async function compileAndRun(
    source: string,
    { label, cellId, allowInput = false }: ExecuteOptions,
  ): Promise<Execution> {
    if (!cells.alive()) await restart();
    const compilation = await compiler.compile(source, label);
    if (!compilation.ok) {
      return {
        status: "error",
        error: reportDiagnostics(compilation.diagnostics, source, label, folder),
        ended: false,
      };
    }
    if (stopRequested) return { status: "error", error: interrupted(), ended: false };
    const outcome = await cells.run(compilation.cell, { cell: cellId ?? source, allowInput });
    if (outcome.status === "ended") {
      closeComms();
      return { status: "error", error: outcome.error, ended: true };
    }
    // Calls to the compiler keep their order, so the next cell knows the names though nobody waits here; where the
    // compiler failed, it says so then.
    compiler.commit(compilation.cell.id, outcome.defined).catch(() => undefined);
    if (outcome.status === "error") return { status: "error", error: outcome.error, ended: false };
    return { status: "ok", ...(outcome.result === undefined ? {} : { result: outcome.result }) };
  }

  async function execute(source: string, how: ExecuteOptions): Promise<Execution> {
    running = true;
    stopRequested = false;
    try {
      return await compileAndRun(source, how);
    } catch (error) {
      // The compiler or the new process failed, which is no cell's doing, but the cell's author should read it.
      const { name, message } = error as Error;
      return { status: "error", error: reportEnd(name, message), ended: false };
    } finally {
      running = false;
    }
  }

  return {
    execute(source, how) {
      const run = last.then(() => execute(source, how));
      last = run;
      return run;
    },
    interrupt() {
      if (!running) return;
      stopRequested = true;
      cells.interrupt();
    },
    answer: (text) => cells.answer(text),
    comm(event: CommEvent) {
      comms.see(event);
      cells.comm(event);
    },
    openComms: () => comms.targets,
    complete: (source, offset) => compiler.complete(source, offset),
    inspect: (source, offset) => compiler.inspect(source, offset),
    isComplete: (source) => compiler.isComplete(source),
    async close() {
      if (closed) return;
      closed = true;
      if (running) cells.kill();
      await Promise.all([cells.close(), compiler.close()]);
    },
  };
}
