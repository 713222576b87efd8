/** Finds the pictures in a folder, and names the folder that a picture lies in. */
import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, extname, isAbsolute, join, relative, resolve } from "node:path";
import { ArgumentError, FileError } from "../errors.js";
import { imageExtensions } from "./format.js";

export interface ListOptions {
  /** told of a folder below that cannot be read, which is then left out @default its error is thrown */
  readonly onUnreadable?: (error: FileError) => void;
}

/**
 * The paths of all pictures in a folder and the folders below it.
 *
 * A picture is a file whose extension, in any case, is jpg, jpeg, png, webp, gif, avif, tif or tiff. Names that begin
 * with a dot are left out and symbolic links are not followed. The order is the same on every machine: by the path
 * below the folder, parts joined by "/", compared by UTF-16 code units.
 *
 * @returns paths that start with `folder` as it was given
 * @throws FileError when the folder is missing, is not a folder, cannot be read or holds no picture
 */
export async function listImages(folder: string, options: ListOptions = {}): Promise<string[]> {
  const found: string[] = [];
  if (!(await isFolder(folder))) throw new FileError(folder, "is not a folder: expected a folder of pictures");
  await collect(folder, "", found, options);
  if (found.length === 0)
    throw new FileError(
      folder,
      `holds no picture: looked in it and below, links not followed, for files ending in ${imageExtensions.map((e) => `.${e}`).join(", ")}`,
    );
  return found.sort(byCodeUnits).map((path) => join(folder, path));
}

/**
 * The name of the folder that a picture lies in, for use as its label: "cats" for root/pets/cats/a.jpg, and the root's
 * own name for root/a.jpg.
 *
 * @throws ArgumentError when the path does not lie below the root
 */
export function folderLabel(root: string, path: string): string {
  const below = relative(resolve(root), resolve(path));
  if (below === "" || below.split(/[\\/]/)[0] === ".." || isAbsolute(below))
    throw new ArgumentError("path", `is "${path}": expected a file below the folder "${root}"`);
  return basename(dirname(resolve(path)));
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function isFolder(path: string): Promise<boolean> {
  return (await attempt(path, stat(path))).isDirectory();
}

async function collect(folder: string, below: string, found: string[], options: ListOptions): Promise<void> {
  const path = join(folder, below);
  const entries = await attempt(path, readdir(path, { withFileTypes: true })).catch((error: FileError): Dirent[] => {
    if (below === "" || !options.onUnreadable) throw error;
    options.onUnreadable(error);
    return [];
  });
  for (const entry of entries) {
    if (entry.name.startsWith(".")) continue;
    const inner = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) await collect(folder, inner, found, options);
    else if (entry.isFile() && imageExtensions.includes(extname(entry.name).slice(1).toLowerCase())) found.push(inner);
  }
}

async function attempt<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const problem =
      code === "ENOENT"
        ? "no such folder: check the path"
        : `cannot be read (${code ?? String(error)}): check the path and its permissions`;
    throw new FileError(path, problem, { cause: error });
  }
}
