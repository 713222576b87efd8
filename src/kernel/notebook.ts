/** Runs notebooks without Jupyter, Python or zeromq, as `jupyter nbconvert --execute` does with them. */
import { readFile, realpath, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { writeAtomically } from "../core/atomic-write.js";
import { ArgumentError, FileError, FormatError } from "../core/errors.js";
import { collectOutputs } from "./cell-outputs.js";
import {
  type CellOutput,
  formatNotebook,
  type Notebook,
  type NotebookCell,
  parseNotebook,
  sourceOf,
  toFileOutput,
} from "./nbformat.js";
import { startProcess } from "./notebook-process.js";

export interface RunNotebookOptions {
  /** Write the outputs back into the file. @default false */
  readonly write?: boolean;
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

export interface NotebookRun {
  readonly path: string;
  /** True when every cell ran, and each that failed is tagged `raises-exception`. */
  readonly ok: boolean;
  readonly cells: readonly CellRun[];
  /** The cell that ended the run, with the name and the message of its error. */
  readonly failure?: { readonly cell: CellRun; readonly ename: string; readonly evalue: string };
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

function checkOptions({ timeoutSeconds }: RunNotebookOptions): void {
  if (timeoutSeconds !== undefined && !(timeoutSeconds > 0 && timeoutSeconds <= longestTimeout)) {
    throw new ArgumentError("timeoutSeconds", `is ${timeoutSeconds}: give a number above 0, up to ${longestTimeout}`);
  }
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

/** Runs the cells in order until one fails. */
async function runCells(notebook: Notebook, folder: string, options: RunNotebookOptions): Promise<Finished> {
  const { timeoutSeconds, onCell, signal } = options;
  const collector = collectOutputs();
  const total = notebook.cells.filter(isWork).length;
  const cells: CellRun[] = [];
  let outputs: CellOutput[] = [];
  const process = await startProcess(folder, (message) => collector.add(outputs, message, cells.length + 1));
  signal?.addEventListener("abort", process.kill);
  try {
    for (const [index, cell] of notebook.cells.entries()) {
      if (!isWork(cell)) continue;
      signal?.throwIfAborted();
      outputs = [];
      const source = sourceOf(cell);
      const started = performance.now();
      const outcome = await process.run(source, timeoutSeconds);
      signal?.throwIfAborted();
      const milliseconds = performance.now() - started;
      const run = { index, executionCount: cells.length + 1, source, outputs, ok: outcome === "ok", milliseconds };
      cells.push(run);
      onCell?.(run, total);
      if (outcome === "ended" || (outcome === "failed" && !mayFail(cell))) return { cells, failed: run };
    }
    return { cells };
  } finally {
    signal?.removeEventListener("abort", process.kill);
    await process.close();
  }
}

function failureOf(cell: CellRun | undefined): Pick<NotebookRun, "failure"> {
  if (cell === undefined) return {};
  const error = cell.outputs.findLast((output) => output.output_type === "error");
  return { failure: { cell, ename: error?.ename ?? "Error", evalue: error?.evalue ?? "the cell failed" } };
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

/**
 * Runs the code cells of a TypeScript notebook in order, in a process of their own whose working folder is the
 * notebook's, and collects what they print, show and return. The first cell that fails ends the run, unless it is
 * tagged `raises-exception`; cells after it have no outputs then. A failing cell is a result, not an exception.
 *
 * @param path an .ipynb file of nbformat 4
 * @param options.write put the outputs into the file, whole or not at all, also when a cell failed
 * @param options.timeoutSeconds limit of each cell (default: none); a cell that reaches it fails with TimeoutError
 * @throws FileError when the file is missing, cannot be read or written, or was changed by someone else meanwhile
 * @throws FormatError when it is not a TypeScript notebook of nbformat 4
 */
export async function runNotebook(path: string, options: RunNotebookOptions = {}): Promise<NotebookRun> {
  checkOptions(options);
  options.signal?.throwIfAborted();
  const text = await readText(path);
  const notebook = parseNotebook(path, text);
  const { cells, failed } = await runCells(notebook, dirname(await realpath(path)), options);
  fillOutputs(notebook, cells);
  if (options.write) {
    if ((await readText(path)) !== text) {
      throw new FileError(path, "was changed while its cells ran, so the outputs were not written: run it again");
    }
    await writeAtomically(path, formatNotebook(notebook));
  }
  return { path, ok: failed === undefined, cells, ...failureOf(failed), notebook };
}
