/** Checks, before any work, of where a command's results are to go: none may replace a picture or another result. */
import { accessSync, constants, existsSync, realpathSync, statSync } from "node:fs";
import { dirname, extname, resolve } from "node:path";
import type { Command } from "commander";
import { FileError } from "../core/errors.js";
import { imageExtensions } from "../core/image/format.js";

/**
 * @param outputs file by the option that named it, such as `--out`
 * @param inputs files that the command reads
 * @throws CommanderError when an output is a picture, an input or another output: the command was used wrongly
 * @throws FileError when an output is a folder or lies where nothing can be written
 */
export function checkOutputs(
  command: Command,
  outputs: Readonly<Record<string, string | undefined>>,
  inputs: readonly string[] = [],
): void {
  const taken = new Map(inputs.map((path) => [identity(path), "one of the files to read"]));
  for (const [option, path] of Object.entries(outputs)) {
    if (path === undefined) continue;
    if (imageExtensions.includes(extname(path).slice(1).toLowerCase()))
      command.error(`error: ${option} is ${path}, the name of a picture: give another name, so that none is replaced`);
    const other = taken.get(identity(path));
    if (other !== undefined) command.error(`error: ${option} is ${path}, which is ${other} too: give another name`);
    taken.set(identity(path), option);
    checkPlace(path);
  }
}

function identity(path: string): string {
  return existsSync(path) ? realpathSync(path) : resolve(path);
}

function checkPlace(path: string): void {
  if (existsSync(path) && statSync(path).isDirectory())
    throw new FileError(path, "is a folder: give the name of a file in it");
  let folder = dirname(resolve(path));
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  try {
    if (!statSync(folder).isDirectory()) throw new Error("it is no folder");
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new FileError(path, `cannot be written, since ${folder} takes no files (${reason}): choose another place`, {
      cause,
    });
  }
}
