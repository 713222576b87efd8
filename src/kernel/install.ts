/** The entry in Jupyter's list of kernels: a folder `kernels/patchlab` with one kernel.json. */
import { mkdir, readFile, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { writeAtomically } from "../core/atomic-write.js";
import { ArgumentError, FileError } from "../core/errors.js";
import { activePrefix, jupyterDataDir, prefixDataDir } from "./jupyter-paths.js";

/** Where a kernel goes: by default the current user's Jupyter data folder. */
export interface KernelLocation {
  /** Below this folder instead: `PREFIX/share/jupyter/kernels`. */
  readonly prefix?: string;
  /** Into the Python environment that is active in this shell instead. @default false */
  readonly sysPrefix?: boolean;
}

export interface InstallKernelOptions extends KernelLocation {
  /** Replace a kernel named `patchlab` that something else installed. @default false */
  readonly force?: boolean;
}

export interface InstalledKernel {
  /** The folder that holds kernel.json. */
  readonly path: string;
  /** Whether a kernel was there before. */
  readonly replaced: boolean;
}

export interface UninstalledKernel {
  readonly path: string;
  /** False where there was nothing to remove. */
  readonly removed: boolean;
}

const kernelName = "patchlab";
const installedBy = "patchlab kernel install";
const ownSpec = z.looseObject({ metadata: z.looseObject({ installed_by: z.literal(installedBy) }) });

function kernelFolder({ prefix, sysPrefix = false }: KernelLocation): string {
  if (prefix !== undefined && sysPrefix) {
    throw new ArgumentError("prefix", "and sysPrefix exclude each other: give one of them");
  }
  if (prefix === "") throw new ArgumentError("prefix", "is empty: give a folder, or leave it out for the user's own");
  const data = prefix ? prefixDataDir(prefix) : sysPrefix ? prefixDataDir(activePrefix()) : jupyterDataDir();
  return join(data, "kernels", kernelName);
}

/** The kernelspec that starts this copy of the package with this Node. */
function kernelSpec(): string {
  const main = fileURLToPath(new URL("./main.js", import.meta.url));
  const spec = {
    argv: [process.execPath, main, "{connection_file}"],
    display_name: "patchlab (TypeScript)",
    language: "typescript",
    // works where a process cannot be sent signals, too; signals are heard all the same
    interrupt_mode: "message",
    metadata: { installed_by: installedBy },
  };
  return `${JSON.stringify(spec, null, 1)}\n`;
}

type Occupant = "nobody" | "patchlab" | "another";

async function occupant(file: string): Promise<Occupant> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return "nobody";
    throw new FileError(file, `cannot be read (${message}): check its permissions`, { cause });
  }
  try {
    return ownSpec.safeParse(JSON.parse(text)).success ? "patchlab" : "another";
  } catch {
    return "another";
  }
}

/**
 * Registers the patchlab kernel with Jupyter, for this copy of the package and this Node. Needs no Python.
 * Running it again, or from a newer copy, replaces the earlier entry.
 *
 * @param options.prefix install below PREFIX/share/jupyter (default: the user's Jupyter data folder)
 * @param options.sysPrefix install into the active Python environment
 * @param options.force replace a kernel of the same name that is not patchlab's
 * @throws FileError when the folder cannot be written, or holds a kernel that is not patchlab's
 * @throws ArgumentError for both prefixes at once, or sysPrefix without an active environment
 */
export async function installKernel(options: InstallKernelOptions = {}): Promise<InstalledKernel> {
  const path = kernelFolder(options);
  const file = join(path, "kernel.json");
  const before = await occupant(file);
  if (before === "another" && !options.force) {
    throw new FileError(file, "is a kernel that patchlab did not install: remove it, or install with force");
  }
  try {
    await mkdir(path, { recursive: true });
  } catch (cause) {
    throw new FileError(path, `cannot be created (${(cause as Error).message}): choose a prefix you can write to`, {
      cause,
    });
  }
  await writeAtomically(file, kernelSpec());
  return { path, replaced: before !== "nobody" };
}

/**
 * Takes the patchlab kernel out of Jupyter's list again. Other files in its folder stay.
 *
 * @throws FileError when the kernel there is not patchlab's, or cannot be removed
 */
export async function uninstallKernel(location: KernelLocation = {}): Promise<UninstalledKernel> {
  const path = kernelFolder(location);
  const file = join(path, "kernel.json");
  const before = await occupant(file);
  if (before === "nobody") return { path, removed: false };
  if (before === "another") {
    throw new FileError(file, "is a kernel that patchlab did not install: remove it with what installed it");
  }
  try {
    await rm(file);
  } catch (cause) {
    throw new FileError(file, `cannot be removed (${(cause as Error).message}): check its permissions`, { cause });
  }
  // A folder that holds something else is not ours to remove; Jupyter ignores it without a kernel.json.
  await rmdir(path).catch(() => undefined);
  return { path, removed: true };
}
