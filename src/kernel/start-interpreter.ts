/** Joins the compiler of cells and the process that runs them, with the state that both must agree on. */
import { type CellProcess, startCellProcess } from "./cells/cell-process.js";
import type { CellEvent, CommEvent, ErrorReport } from "./cells/messages.js";
import type { CellCompiler, Completeness, Completion, Inspection } from "./compiler/compiled-cell.js";
import { startCompiler } from "./compiler/start-compiler.js";
import type { ExecuteOptions, Execution, Interpreter, InterpreterOptions } from "./interpreter.js";
import { reportDiagnostics, reportEnd } from "./values/error-report.js";

function failed(error: ErrorReport, ended = false): Execution {
  return { status: "error", error, ended };
}

class CellInterpreter implements Interpreter {
  readonly #options: InterpreterOptions;
  readonly #compiler: CellCompiler;
  #cells: CellProcess | undefined;
  /** The lines between pages and cells, as seen in passing: their targets by their ids. */
  readonly #comms = new Map<string, string>();
  #last: Promise<unknown> = Promise.resolve();
  #running = false;
  #stopRequested = false;
  #closed = false;

  constructor(options: InterpreterOptions) {
    this.#options = options;
    this.#compiler = startCompiler(options.folder);
  }

  /** Starts the process of the cells. */
  async start(): Promise<CellProcess> {
    const { folder, comms = false, onEvent } = this.#options;
    const listener = (event: CellEvent): void => {
      this.#see(event);
      onEvent(event);
    };
    const onEnd = (error: ErrorReport): void => {
      this.#closeComms();
      onEvent({ type: "error", ...error });
    };
    this.#cells = await startCellProcess({ folder, listener, onEnd, comms });
    return this.#cells;
  }

  #see(event: CellEvent): void {
    if (event.type !== "comm") return;
    if (event.event === "open") this.#comms.set(event.id, event.target ?? "");
    else if (event.event === "close") this.#comms.delete(event.id);
  }

  /** Lines to cells that are gone lead nowhere. */
  #closeComms(): void {
    for (const id of this.#comms.keys())
      this.#options.onEvent({ type: "comm", event: "close", id, data: {}, metadata: {}, buffers: [] });
    this.#comms.clear();
  }

  /** The process; a new one where the last has ended, which took all names with it, so the compiler forgets them. */
  async #alive(): Promise<CellProcess> {
    if (this.#cells?.alive()) return this.#cells;
    await this.#compiler.reset();
    return this.start();
  }

  async #compileAndRun(source: string, options: ExecuteOptions): Promise<Execution> {
    const { label, cellId, allowInput = false } = options;
    const cells = await this.#alive();
    const compilation = await this.#compiler.compile(source, label);
    if (!compilation.ok) return failed(reportDiagnostics(compilation.diagnostics, source, label, this.#options.folder));
    if (this.#stopRequested) return failed(reportEnd("Interrupted", "the cell was interrupted before it ran"));
    const outcome = await cells.run(compilation.cell, { cell: cellId ?? source, allowInput });
    if (outcome.status === "ended") {
      this.#closeComms();
      return failed(outcome.error, true);
    }
    // Calls to the compiler keep their order, so the next cell knows the names though nobody waits here; where the
    // compiler failed, it says so then.
    this.#compiler.commit(compilation.cell.id, outcome.defined).catch(() => undefined);
    if (outcome.status === "error") return failed(outcome.error);
    return { status: "ok", ...(outcome.result === undefined ? {} : { result: outcome.result }) };
  }

  async #executeNext(source: string, options: ExecuteOptions): Promise<Execution> {
    this.#running = true;
    this.#stopRequested = false;
    try {
      return await this.#compileAndRun(source, options);
    } catch (error) {
      // The compiler or the new process failed, which is no cell's doing, but the cell's author should read it.
      const { name, message } = error as Error;
      return failed(reportEnd(name, message));
    } finally {
      this.#running = false;
    }
  }

  execute(source: string, options: ExecuteOptions): Promise<Execution> {
    const run = this.#last.then(() => this.#executeNext(source, options));
    this.#last = run;
    return run;
  }

  interrupt(): void {
    if (!this.#running) return;
    this.#stopRequested = true;
    this.#cells?.interrupt();
  }

  answer(text: string): void {
    this.#cells?.answer(text);
  }

  comm(event: CommEvent): void {
    this.#see(event);
    this.#cells?.comm(event);
  }

  openComms(): ReadonlyMap<string, string> {
    return this.#comms;
  }

  complete(source: string, offset: number): Promise<Completion> {
    return this.#compiler.complete(source, offset);
  }

  inspect(source: string, offset: number): Promise<Inspection | undefined> {
    return this.#compiler.inspect(source, offset);
  }

  isComplete(source: string): Promise<Completeness> {
    return this.#compiler.isComplete(source);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#running) this.#cells?.kill();
    await Promise.all([this.#cells?.close(), this.#compiler.close()]);
  }
}

/**
 * Starts an interpreter for cells that run in `folder`: its compiler and its process load at the same time.
 *
 * @throws PatchlabError when the process does not start
 */
export async function startInterpreter(options: InterpreterOptions): Promise<Interpreter> {
  const interpreter = new CellInterpreter(options);
  try {
    await interpreter.start();
  } catch (error) {
    await interpreter.close();
    throw error;
  }
  return interpreter;
}
