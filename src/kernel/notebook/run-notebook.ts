/** Runs notebooks without Jupyter, Python or zeromq, as `jupyter nbconvert --execute` does with them. */
import { realpath } from "node:fs/promises";
import { dirname } from "node:path";
import { writeAtomically } from "../../core/atomic-write.js";
import { ArgumentError, FileError } from "../../core/errors.js";
import { formatNotebook, type Notebook, parseNotebook, toFileOutput } from "./nbformat.js";
import type { Parameters } from "./parameters.js";
import { readNotebookText } from "./read-text.js";
import { type CellRun, labelOf, type RunCellsOptions, runCells } from "./run-cells.js";

export type { CellRun } from "./run-cells.js";

/** A run that is ended by its signal writes nothing. */
export interface RunNotebookOptions extends RunCellsOptions {
  /** Write the outputs back into the file. @default false */
  readonly write?: boolean;
  /** Write the notebook with its outputs into this file instead; one that is there is replaced. */
  readonly output?: string;
  /** Values for the variables of the cell tagged `parameters`. They come in a cell of their own. */
  readonly parameters?: Parameters;
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
  /** Parameters that the cell tagged `parameters` does not declare. */
  readonly unknownParameters: readonly string[];
  /** The notebook with the new outputs, whether or not it was written. */
  readonly notebook: Notebook;
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

/** TypeScript, which reads the cell of the parameters, is loaded only where there are some. */
async function inject(notebook: Notebook, parameters: Parameters = {}): Promise<string[]> {
  if (Object.keys(parameters).length === 0) return [];
  const { injectParameters } = await import("./parameters.js");
  return injectParameters(notebook, parameters);
}

/** Writes the notebook where the options say, if they do. */
async function save(path: string, before: string, notebook: Notebook, options: RunNotebookOptions): Promise<void> {
  if (options.output !== undefined) await writeAtomically(options.output, formatNotebook(notebook));
  if (!options.write) return;
  if ((await readNotebookText(path)) !== before)
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
  const text = await readNotebookText(path);
  const notebook = parseNotebook(path, text);
  const unknownParameters = await inject(notebook, options.parameters);
  const { cells, failed } = await runCells(notebook, dirname(await realpath(path)), options);
  fillOutputs(notebook, cells);
  await save(path, text, notebook, options);
  return { path, ok: failed === undefined, cells, ...failureOf(failed), unknownParameters, notebook };
}
