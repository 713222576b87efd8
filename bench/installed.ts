/** The versions of packages that are there, not the ranges that are asked for. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/**
 * @param from file or folder from which the package is looked for; a folder's name ends in a slash
 * @returns the version of the package that is found from there, undefined when there is none
 */
export function installedVersion(name: string, from: string = import.meta.url): string | undefined {
  const folders = createRequire(from).resolve.paths(name) ?? [];
  // not by resolving package.json, which a package's exports may hide
  const file = folders.map((folder) => join(folder, name, "package.json")).find((path) => existsSync(path));
  return file && versionIn(file);
}

/** The version that a package.json states. */
export function versionIn(file: string | URL): string {
  return JSON.parse(readFileSync(file, "utf8")).version;
}
