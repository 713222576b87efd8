/** `patchlab run NOTEBOOK…`: runs notebooks' TypeScript cells without Jupyter or Python. */
import { Command } from "commander";
import { type CellRun, type NotebookRun, runNotebook } from "../kernel/notebook.js";
import { interruptSignal } from "./interrupt.js";
import { progressOn } from "./progress.js";

interface Options {
  write?: boolean;
  timeout?: string;
  json?: boolean;
}

export function runCommand(): Command {
  return new Command("run")
    .description("run the cells of TypeScript notebooks, without Jupyter or Python")
    .argument("<notebooks...>", "files ending in .ipynb")
    .option("--write", "store the outputs in the notebooks; without it nothing is changed")
    .option("--timeout <seconds>", "time limit of each cell")
    .option("--json", "print what ran as JSON")
    .action(async (paths: string[], options: Options) => {
      for (const path of paths) {
        const run = await runOne(path, options);
        console.log(options.json ? JSON.stringify(summary(run)) : sentence(run));
        if (!run.ok) process.exitCode = 1;
      }
    });
}

async function runOne(path: string, options: Options): Promise<NotebookRun> {
  const progress = progressOn(process.stderr, options.json);
  progress.step(path);
  const run = await runNotebook(path, {
    write: options.write ?? false,
    ...(options.timeout === undefined ? {} : { timeoutSeconds: Number(options.timeout) }),
    onCell: (cell, total) => progress.update(cell.executionCount, total),
    signal: interruptSignal(),
  });
  progress.end();
  return run;
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
