/** The cells of a notebook, run in order until one fails. */
import type { CellEvent } from "../cells/messages.js";
import type { Execution, Interpreter } from "../interpreter.js";
import { startInterpreter } from "../start-interpreter.js";
import { reportEnd } from "../values/error-report.js";
import { within } from "../within.js";
import { collectOutputs, errorOutput, resultOutput } from "./cell-outputs.js";
import { type CellOutput, type Notebook, type NotebookCell, sourceOf } from "./nbformat.js";

/** One code cell that ran. */
export interface CellRun {
  /** Place among all cells of the notebook, from 0. */
  readonly index: number;
  /** Place among the cells that ran, from 1: the number in the cell's brackets. */
  readonly executionCount: number;
  readonly source: string;
  readonly outputs: readonly CellOutput[];
  readonly ok: boolean;
  readonly milliseconds: number;
}

export interface RunCellsOptions {
  /** Time limit of each cell, in seconds. @default none */
  readonly timeoutSeconds?: number;
  /** Called after each cell, with how many code cells the notebook has. */
  readonly onCell?: (cell: CellRun, total: number) => void;
  /** Ends the run; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

function mayFail(cell: NotebookCell): boolean {
  return cell.metadata.tags?.includes("raises-exception") ?? false;
}

function isWork(cell: NotebookCell): boolean {
  return cell.cell_type === "code" && sourceOf(cell).trim() !== "";
}

export interface Finished {
  readonly cells: CellRun[];
  /** The cell that ended the run early. */
  readonly failed?: CellRun;
}

/** The name of a cell in stack traces. */
export const labelOf = (executionCount: number): string => `cell [${executionCount}]`;

/** Runs a cell; one that takes longer than the limit ends, and everything with it. */
async function limited(
  seconds: number | undefined,
  interpreter: Interpreter,
  run: Promise<Execution>,
): Promise<Execution> {
  const done = seconds === undefined ? await run : await within(1000 * seconds, run);
  if (done !== undefined) return done;
  await interpreter.close();
  await run;
  const error = reportEnd(
    "TimeoutError",
    `the cell ran longer than ${seconds} s: raise the limit or give it less work`,
  );
  return { status: "error", error, ended: true };
}

interface Progress {
  readonly interpreter: Interpreter;
  readonly cells: CellRun[];
  /** Where what comes from the running cell goes. */
  outputs: CellOutput[];
}

async function runCell(cell: NotebookCell, index: number, progress: Progress, seconds: number | undefined) {
  const { interpreter, cells } = progress;
  const outputs: CellOutput[] = [];
  progress.outputs = outputs;
  const executionCount = cells.length + 1;
  const source = sourceOf(cell);
  const started = performance.now();
  const id = typeof cell.id === "string" ? { cellId: cell.id } : {};
  const outcome = await limited(
    seconds,
    interpreter,
    interpreter.execute(source, { label: labelOf(executionCount), ...id }),
  );
  if (outcome.status === "error") outputs.push(errorOutput(outcome.error));
  else if (outcome.result) outputs.push(resultOutput(outcome.result, executionCount));
  const ok = outcome.status === "ok";
  const run = { index, executionCount, source, outputs, ok, milliseconds: performance.now() - started };
  cells.push(run);
  return { run, ended: outcome.status === "error" && outcome.ended };
}

/** Runs the cells in order until one fails. */
export async function runCells(notebook: Notebook, folder: string, options: RunCellsOptions): Promise<Finished> {
  const { timeoutSeconds, onCell, signal } = options;
  const collector = collectOutputs();
  const total = notebook.cells.filter(isWork).length;
  const onEvent = (event: CellEvent): void => collector.add(progress.outputs, event);
  const progress: Progress = { interpreter: await startInterpreter({ folder, onEvent }), cells: [], outputs: [] };
  const { interpreter, cells } = progress;
  const stop = (): void => void interpreter.close();
  signal?.addEventListener("abort", stop);
  try {
    // The time limit is the first cell's own: it does not run while the compiler loads.
    if (timeoutSeconds !== undefined) await interpreter.isComplete("");
    for (const [index, cell] of notebook.cells.entries()) {
      if (!isWork(cell)) continue;
      signal?.throwIfAborted();
      const { run, ended } = await runCell(cell, index, progress, timeoutSeconds);
      signal?.throwIfAborted();
      onCell?.(run, total);
      if (ended || !(run.ok || mayFail(cell))) return { cells, failed: run };
    }
    return { cells };
  } finally {
    signal?.removeEventListener("abort", stop);
    await interpreter.close();
  }
}
