/** Runs notebooks without Jupyter, Python or zeromq, as `jupyter nbconvert --execute` does with them. */
import { readFile, realpath, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { writeAtomically } from "../../core/atomic-write.js";
import { ArgumentError, FileError, FormatError } from "../../core/errors.js";
import type { CellEvent } from "../cells/messages.js";
import type { Execution, Interpreter } from "../interpreter.js";
import { startInterpreter } from "../start-interpreter.js";
import { reportEnd } from "../values/error-report.js";
import { collectOutputs, errorOutput, resultOutput } from "./cell-outputs.js";
import {
  type CellOutput,
  formatNotebook,
  type Notebook,
  type NotebookCell,
  parseNotebook,
  sourceOf,
  toFileOutput,
} from "./nbformat.js";
import { injectParameters, type Parameters } from "./parameters.js";

export interface RunNotebookOptions {
  /** Write the outputs back into the file. @default false */
  readonly write?: boolean;
  /** Write the notebook with its outputs into this file instead; one that is there is replaced. */
  readonly output?: string;
  /** Values for the variables of the cell tagged `parameters`. They come in a cell of their own. */
  readonly parameters?: Parameters;
  /** Time limit of each cell, in seconds. @default none */
  readonly timeoutSeconds?: number;
  /** Called after each cell, with how many code cells the notebook has. */
  readonly onCell?: (cell: CellRun, total: number) => void;
  /** Ends the run; it then rejects with the signal's reason and writes nothing. */
  readonly signal?: AbortSignal;
}

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

export interface CellFailure {
  readonly cell: CellRun;
  readonly ename: string;
  readonly evalue: string;
  /** The line of the cell that it happened in, from 1, where that is known. */
  readonly line?: number;
}

export interface NotebookRun {
  readonly path: string;
  /** True when every cell ran, and each that failed is tagged `raises-exception`. */
  readonly ok: boolean;
  readonly cells: readonly CellRun[];
  /** The cell that ended the run, with the name and the message of its error. */
  readonly failure?: CellFailure;
  /** Parameters that the cell tagged `parameters` does not mention. */
  readonly unknownParameters: readonly string[];
  /** The notebook with the new outputs, whether or not it was written. */
  readonly notebook: Notebook;
}

/** More than any notebook, and less than what would fill the memory. */
const largestNotebook = 256 * 2 ** 20;

async function readText(path: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    const { size } = await stat(path);
    if (size > largestNotebook) {
      throw new FormatError(
        path,
        `is ${size} bytes long, and a notebook may have ${largestNotebook}: clear its outputs`,
      );
    }
    bytes = await readFile(path);
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    const problem = code === "ENOENT" ? "there is no such notebook: check the path" : `cannot be read (${message})`;
    throw new FileError(path, problem, { cause });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new FormatError(path, "expected a notebook, but it is not UTF-8 text", { cause });
  }
}

/** The longest time limit of a cell, in seconds: Node's timers count milliseconds in 31 bits. */
export const longestTimeout = 2_000_000;

function checkOptions({ timeoutSeconds, write, output, parameters }: RunNotebookOptions): void {
  if (timeoutSeconds !== undefined && !(timeoutSeconds > 0 && timeoutSeconds <= longestTimeout))
    throw new ArgumentError("timeoutSeconds", `is ${timeoutSeconds}: give a number above 0, up to ${longestTimeout}`);
  if (write && output !== undefined)
    throw new ArgumentError("output", "and write exclude each other: give one of them");
  if (write && parameters && Object.keys(parameters).length > 0)
    throw new ArgumentError("parameters", "would add a cell to the notebook itself: give another file as output");
}

function mayFail(cell: NotebookCell): boolean {
  return cell.metadata.tags?.includes("raises-exception") ?? false;
}

function isWork(cell: NotebookCell): boolean {
  return cell.cell_type === "code" && sourceOf(cell).trim() !== "";
}

interface Finished {
  readonly cells: CellRun[];
  /** The cell that ended the run early. */
  readonly failed?: CellRun;
}

/** The name of a cell in stack traces. */
const labelOf = (executionCount: number): string => `cell [${executionCount}]`;

/** Runs a cell; one that takes longer than the limit ends, and everything with it. */
async function within(
  seconds: number | undefined,
  interpreter: Interpreter,
  run: Promise<Execution>,
): Promise<Execution> {
  if (seconds === undefined) return run;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(() => resolve("late"), seconds * 1000);
  });
  const first = await Promise.race([run, late]).finally(() => clearTimeout(timer));
  if (first !== "late") return first;
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
  const outcome = await within(
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
async function runCells(notebook: Notebook, folder: string, options: RunNotebookOptions): Promise<Finished> {
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

/** The line that the traceback names first in the cell itself. */
function failedLine(traceback: readonly string[], executionCount: number): Pick<CellFailure, "line"> {
  const text = traceback.join("\n");
  const label = `${labelOf(executionCount)}:`;
  const place = text.indexOf(label);
  if (place < 0) return {};
  return { line: Number.parseInt(text.slice(place + label.length), 10) };
}

function failureOf(cell: CellRun | undefined): Pick<NotebookRun, "failure"> {
  if (cell === undefined) return {};
  const error = cell.outputs.findLast((output) => output.output_type === "error");
  const { ename = "Error", evalue = "the cell failed", traceback = [] } = error ?? {};
  return { failure: { cell, ename, evalue, ...failedLine(traceback, cell.executionCount) } };
}

/** Outputs of an earlier run would look like results of this one, so those of every code cell go. */
function fillOutputs(notebook: Notebook, runs: readonly CellRun[]): void {
  for (const [index, cell] of notebook.cells.entries()) {
    if (cell.cell_type !== "code") continue;
    const run = runs.find((one) => one.index === index);
    cell.outputs = run?.outputs.map(toFileOutput) ?? [];
    cell.execution_count = run?.executionCount ?? null;
  }
}

/** Writes the notebook where the options say, if they do. */
async function save(path: string, before: string, notebook: Notebook, options: RunNotebookOptions): Promise<void> {
  if (options.output !== undefined) await writeAtomically(options.output, formatNotebook(notebook));
  if (!options.write) return;
  if ((await readText(path)) !== before)
    throw new FileError(path, "was changed while its cells ran, so the outputs were not written: run it again");
  await writeAtomically(path, formatNotebook(notebook));
}

/**
 * Runs the code cells of a TypeScript notebook in order, in a process of their own whose working folder is the
 * notebook's, and collects what they print, show and return. The first cell that fails ends the run, unless it is
 * tagged `raises-exception`; cells after it have no outputs then. A failing cell is a result, not an exception.
 *
 * @param path an .ipynb file of nbformat 4
 * @param options.write put the outputs into the file, whole or not at all, also when a cell failed
 * @param options.output put the notebook with its outputs into this file
 * @param options.parameters values for the variables of the cell tagged `parameters`, in a cell behind it
 * @param options.timeoutSeconds limit of each cell (default: none); a cell that reaches it fails with TimeoutError
 * @throws FileError when the file is missing, cannot be read or written, or was changed by someone else meanwhile
 * @throws FormatError when it is not a TypeScript notebook of nbformat 4
 * @throws ArgumentError for options that exclude each other, a time limit or a parameter that cannot be
 */
export async function runNotebook(path: string, options: RunNotebookOptions = {}): Promise<NotebookRun> {
  checkOptions(options);
  options.signal?.throwIfAborted();
  const text = await readText(path);
  const notebook = parseNotebook(path, text);
  const parameters = options.parameters ?? {};
  const unknownParameters = Object.keys(parameters).length > 0 ? injectParameters(notebook, parameters) : [];
  const { cells, failed } = await runCells(notebook, dirname(await realpath(path)), options);
  fillOutputs(notebook, cells);
  await save(path, text, notebook, options);
  return { path, ok: failed === undefined, cells, ...failureOf(failed), unknownParameters, notebook };
}
