#!/usr/bin/env node
/** The command line: parses, runs, and turns errors into one sentence and an exit code. */
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { PatchlabError } from "../core/errors.js";
import { benchCommand } from "./bench.js";
import { demoCommand } from "./demo.js";
import { kernelCommand } from "./kernel.js";
import { patchesCommand } from "./patches.js";
import { runCommand } from "./run.js";

/** 1: the job failed; 2: the command was used wrongly. */
const failed = 1;
const wrongUse = 2;

function program(): Command {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  const root = new Command("patchlab")
    .description("Self-supervised image features: patch maps, retrieval and embedding maps, without Python.")
    .version(version)
    .showHelpAfterError("(patchlab COMMAND --help lists what a command takes)");
  for (const command of [demoCommand(), patchesCommand(), runCommand(), kernelCommand(), benchCommand()])
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
    report(error);
    return failed;
  }
}

function report(error: unknown): void {
  if (error instanceof PatchlabError) console.error(`patchlab: ${error.message}`);
  else if (error instanceof Error && error.name === "AbortError") console.error("patchlab: stopped");
  else console.error(error);
}

process.exitCode = await main();
