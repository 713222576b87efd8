/** `patchlab run NOTEBOOK…`: runs notebooks' TypeScript cells without Jupyter or Python. */
import { Command, InvalidArgumentError, Option } from "commander";
import type { Parameters } from "../kernel/notebook/parameters.js";
import { type CellRun, longestTimeout, type NotebookRun, runNotebook } from "../kernel/notebook/run-notebook.js";
import { interruptSignal } from "./interrupt.js";
import { oneMoreParameter } from "./notebook-parameters.js";
import { checkOutputs } from "./outputs.js";
import { progressOn } from "./progress.js";
import { makeFolderOf } from "./write-file.js";

interface Options {
  write?: boolean;
  output?: string;
  parameters?: Parameters;
  timeout?: number;
  json?: boolean;
}

export function runCommand(): Command {
  return new Command("run")
    .description("run the cells of TypeScript notebooks, without Jupyter or Python")
    .argument("<notebooks...>", "files ending in .ipynb")
    .option("--write", "store the outputs in the notebooks; without it nothing is changed")
    .addOption(new Option("--output <file>", "store the notebook with its outputs in this file").conflicts("write"))
    .addOption(
      new Option(
        "--parameters <name=value>",
        "replace a variable of the cell tagged parameters; can be given several times",
      )
        .argParser(oneMoreParameter)
        .conflicts("write"),
    )
    .option("--timeout <seconds>", "time limit of each cell", seconds)
    .option("--json", "print what ran as JSON, a list with one entry a notebook")
    .action(async (paths: string[], options: Options, command: Command) => {
      if (options.output !== undefined && paths.length > 1)
        command.error(`error: --output is one file, but there are ${paths.length} notebooks: run them one by one`);
      checkOutputs(command, { "--output": options.output }, paths);
      if (options.output !== undefined) await makeFolderOf(options.output);
      const signal = interruptSignal();
      const runs: NotebookRun[] = [];
      for (const path of paths) {
        const run = await runOne(path, options, signal);
        runs.push(run);
        if (run.unknownParameters.length > 0) console.error(unknown(run));
        if (!options.json) console.log(sentence(run, options.output));
        if (!run.ok) process.exitCode = 1;
      }
      if (options.json) console.log(JSON.stringify(runs.map(summary)));
    });
}

async function runOne(path: string, options: Options, signal: AbortSignal): Promise<NotebookRun> {
  const { write = false, output, parameters, timeout } = options;
  const progress = progressOn(process.stderr, options.json);
  progress.step(path);
  const run = await runNotebook(path, {
    write,
    ...(output === undefined ? {} : { output }),
    ...(parameters === undefined ? {} : { parameters }),
    ...(timeout === undefined ? {} : { timeoutSeconds: timeout }),
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

function sentence({ path, cells, failure }: NotebookRun, output?: string): string {
  const written = output === undefined ? "" : ` The notebook with its outputs is in ${output}.`;
  if (!failure) return `${path}: all ${cells.length} cells ran.${written}`;
  const { cell, ename, evalue, line } = failure;
  const place = line === undefined ? "" : `, line ${line},`;
  return `${path}: cell ${cell.executionCount}${place} failed with ${ename}: ${evalue}${written}\n\n${indented(cell.source)}`;
}

function unknown({ path, unknownParameters }: NotebookRun): string {
  return `${path}: the cell tagged parameters does not declare ${unknownParameters.join(", ")}: check the spelling`;
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
  const error = failure && {
    cell: failure.cell.index,
    ...(failure.line === undefined ? {} : { line: failure.line }),
    ename: failure.ename,
    evalue: failure.evalue,
  };
  return { path, ok, cells: cells.map(cellOf), ...(error ? { error } : {}) };
}
