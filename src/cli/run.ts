/** `patchlab run NOTEBOOK…`: runs notebooks' TypeScript cells without Jupyter or Python. */
import { Command, InvalidArgumentError } from "commander";
import { type CellRun, longestTimeout, type NotebookRun, runNotebook } from "../kernel/notebook.js";
import { interruptSignal } from "./interrupt.js";
import { progressOn } from "./progress.js";

interface Options {
  write?: boolean;
  timeout?: number;
  json?: boolean;
}

export function runCommand(): Command {
  return new Command("run")
    .description("run the cells of TypeScript notebooks, without Jupyter or Python")
    .argument("<notebooks...>", "files ending in .ipynb")
    .option("--write", "store the outputs in the notebooks; without it nothing is changed")
    .option("--timeout <seconds>", "time limit of each cell", seconds)
    .option("--json", "print what ran as JSON, a list with one entry a notebook")
    .action(async (paths: string[], options: Options) => {
      const signal = interruptSignal();
      const runs: NotebookRun[] = [];
      for (const path of paths) {
        const run = await runOne(path, options, signal);
        runs.push(run);
        if (!options.json) console.log(sentence(run));
        if (!run.ok) process.exitCode = 1;
      }
      if (options.json) console.log(JSON.stringify(runs.map(summary)));
    });
}

async function runOne(path: string, options: Options, signal: AbortSignal): Promise<NotebookRun> {
  const progress = progressOn(process.stderr, options.json);
  progress.step(path);
  const run = await runNotebook(path, {
    write: options.write ?? false,
    ...(options.timeout === undefined ? {} : { timeoutSeconds: options.timeout }),
    onCell: (cell, total) => progress.update(cell.executionCount, total),
    signal,
  });
  progress.end();
  return run;
}

function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value > 0 && value <= longestTimeout))
    throw new InvalidArgumentError(`Give a number of seconds above 0, up to ${longestTimeout}.`);
  return value;
}

function sentence({ path, cells, failure }: NotebookRun): string {
  if (!failure) return `${path}: all ${cells.length} cells ran.`;
  const { cell, ename, evalue } = failure;
  return `${path}: cell ${cell.executionCount} failed with ${ename}: ${evalue}\n\n${indented(cell.source)}`;
}

function indented(source: string): string {
  return source.replace(/^/gm, "    ");
}

function summary({ path, ok, cells, failure }: NotebookRun): object {
  const cellOf = ({ index, executionCount, ok: fine, milliseconds, outputs }: CellRun) => ({
    index,
    executionCount,
    ok: fine,
    milliseconds: Math.round(milliseconds),
    outputs: outputs.length,
  });
  const error = failure && { cell: failure.cell.index, ename: failure.ename, evalue: failure.evalue };
  return { path, ok, cells: cells.map(cellOf), ...(error ? { error } : {}) };
}
