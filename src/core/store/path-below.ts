/** Where a path lies in a folder. */
import { isAbsolute, relative, sep } from "node:path";

/** The path from a folder on, parts joined by "/", "" for the folder itself; undefined when it lies elsewhere. */
export function pathBelow(folder: string, path: string): string | undefined {
  const below = relative(folder, path);
  if (below === ".." || below.startsWith(`..${sep}`) || isAbsolute(below)) return undefined;
  return below.split(sep).join("/");
}

/** What the paths in a folder lie between, the first included: "0" follows "/". LIKE would take small letters for capital ones. */
export function pathsIn(folder: string): [from: string, to: string] {
  return [`${folder}/`, `${folder}0`];
}
