/** Finds the pictures in a folder, and names the folder that a picture lies in. */
import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, extname, isAbsolute, join, relative, resolve } from "node:path";
import { ArgumentError, FileError } from "../errors.js";
import { imageExtensions } from "./format.js";

export interface ListOptions {
  /** told of a folder below that cannot be read, which is then left out @default its error is thrown */
  readonly onUnreadable?: (error: FileError) => void;
  /** also take what symbolic links lead to, each folder once @default false */
  readonly followLinks?: boolean;
}

/**
 * The paths of all pictures in a folder and the folders below it.
 *
 * A picture is a file whose extension, in any case, is jpg, jpeg, png, webp, gif, avif, tif or tiff. Names that begin
 * with a dot are left out, and so are symbolic links unless `followLinks` is set. The order is the same on every machine: by the path
 * below the folder, parts joined by "/", compared by UTF-16 code units.
 *
 * @returns paths that start with `folder` as it was given
 * @throws FileError when the folder is missing, is not a folder, cannot be read or holds no picture
 */
export async function listImages(folder: string, options: ListOptions = {}): Promise<string[]> {
  const found: string[] = [];
  if (!(await isFolder(folder))) throw new FileError(folder, "is not a folder: expected a folder of pictures");
  const walk: Walk = { folder, found, options, seen: new Set([await realpath(folder)]), links: [] };
  await collect(walk, "");
  // folders themselves before links to them, whichever name comes first
  for (const link of walk.links) await followLink(walk, link);
  if (found.length === 0)
    throw new FileError(
      folder,
      `holds no picture: looked in it and below${options.followLinks ? "" : ", links not followed"}, for files ending in ${imageExtensions.map((e) => `.${e}`).join(", ")}`,
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

interface Walk {
  folder: string;
  found: string[];
  options: ListOptions;
  /** folders themselves, links resolved: a link may lead to one above it */
  seen: Set<string>;
  /** links that are to be followed, by their path below the folder */
  links: string[];
}

async function collect(walk: Walk, below: string): Promise<void> {
  const { folder, found, options } = walk;
  const path = join(folder, below);
  const entries = await attempt(path, readdir(path, { withFileTypes: true })).catch((error: FileError): Dirent[] => {
    if (below === "" || !options.onUnreadable) throw error;
    options.onUnreadable(error);
    return [];
  });
  for (const entry of entries) {
    if (entry.name.startsWith(".")) continue;
    const inner = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isSymbolicLink() && options.followLinks) walk.links.push(inner);
    else if (entry.isDirectory()) await enter(walk, inner);
    else if (entry.isFile() && isPicture(entry.name)) found.push(inner);
  }
}

function isPicture(name: string): boolean {
  return imageExtensions.includes(extname(name).slice(1).toLowerCase());
}

async function enter(walk: Walk, below: string): Promise<void> {
  if (walk.options.followLinks) walk.seen.add(await realpath(join(walk.folder, below)));
  await collect(walk, below);
}

/** Links that lead nowhere, or to a folder that was seen before, are left out. */
async function followLink(walk: Walk, below: string): Promise<void> {
  const path = join(walk.folder, below);
  const target = await stat(path).catch(() => undefined);
  if (target?.isFile() && isPicture(below)) walk.found.push(below);
  if (target?.isDirectory() && !walk.seen.has(await realpath(path))) await enter(walk, below);
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
