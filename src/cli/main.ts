#!/usr/bin/env node
/** The command line: parses, runs, and turns errors into one sentence and an exit code. */
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { PatchlabError } from "../core/errors.js";
import { attentionCommand } from "./attention.js";
import { benchCommand } from "./bench.js";
import { classifyCommand } from "./classify.js";
import { compareCommand } from "./compare.js";
import { demoCommand } from "./demo.js";
import { embedCommand } from "./embed.js";
import { exportCommand, importCommand } from "./exchange.js";
import { infoCommand } from "./info.js";
import { isStopped, stopJob } from "./interrupt.js";
import { kernelCommand } from "./kernel.js";
import { modelsCommand } from "./models.js";
import { patchesCommand } from "./patches.js";
import { pullCommand } from "./pull.js";
import { runCommand } from "./run.js";
import { searchCommand } from "./search.js";
import { verifyCommand } from "./verify.js";

const failed = 1;
const wrongUse = 2;
/** As shells report a process that SIGINT ended: 128 and the signal's number. */
const stopped = 130;

const exitCodes = `
Exit codes: 0 done, ${failed} the job failed, ${wrongUse} the command was used wrongly, ${stopped} stopped by Ctrl-C.`;

function program(): Command {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  const root = new Command("patchlab")
    .description("Self-supervised image features: patch maps, retrieval and embedding maps, without Python.")
    .version(version)
    .addHelpText("after", exitCodes)
    .showHelpAfterError("(patchlab COMMAND --help lists what a command takes)");
  for (const command of [
    demoCommand(),
    embedCommand(),
    searchCommand(),
    classifyCommand(),
    compareCommand(),
    infoCommand(),
    exportCommand(),
    importCommand(),
    patchesCommand(),
    attentionCommand(),
    modelsCommand(),
    pullCommand(),
    runCommand(),
    kernelCommand(),
    benchCommand(),
    verifyCommand(),
  ])
    root.addCommand(command);
  for (const command of allOf(root)) command.exitOverride().configureOutput(root.configureOutput());
  return root;
}

function allOf(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allOf)];
}

async function main(): Promise<number> {
  try {
    await program().parseAsync();
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : wrongUse;
    if (uncaught) return failed;
    if (isStopped()) {
      report(new PatchlabError("The job was stopped before it was done."));
      return stopped;
    }
    report(error);
    return failed;
  }
}

function report(error: unknown): void {
  // a step's bar may stand there
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[2K");
  console.error(error instanceof PatchlabError ? `patchlab: ${error.message}` : error);
}

let uncaught = false;

/** Ends the job in order, since Node's own way to go would cut a network's run. */
function endOnUncaught(error: unknown): void {
  if (!uncaught) report(error);
  uncaught = true;
  stopJob();
}

/** Without a reader, as after `| head -1`, the rest of the report is lost; the job's files are still wanted. */
function ignoreMissingReader(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}

process.on("uncaughtException", endOnUncaught);
process.on("exit", () => {
  if (uncaught) process.exitCode = failed;
});
for (const stream of [process.stdout, process.stderr]) stream.on("error", ignoreMissingReader);
process.exitCode = await main();
