/**
 * Lets cells write `import … from "patchlab"` in any folder: where the folder has no copy of its own, the copy that
 * this kernel belongs to is used, by the compiler for types and by `require` for code.
 */
import { readFileSync } from "node:fs";
import Module, { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const packageName = "patchlab";
const ownRoot = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");

/** Node's resolver: private by name, but what every loader of this kind builds on until Node 22's registerHooks. */
interface Resolver {
  _resolveFilename(this: unknown, request: string, ...rest: unknown[]): string;
}

/** The functions of TypeScript's `sys` that take a path first and that module resolution calls. */
const pathFunctions = ["fileExists", "directoryExists", "readFile", "realpath", "watchFile", "getDirectories"] as const;
type PathFunction = (path: string, ...rest: unknown[]) => unknown;
export type CompilerSystem = { [name in (typeof pathFunctions)[number]]?: unknown };

function ownEntry(): string {
  return createRequire(import.meta.url).resolve(packageName);
}

/** Cells are CommonJS once compiled, so every import in them, dynamic ones included, passes here. */
function addFallback(entry: string): void {
  const resolver = Module as unknown as Resolver;
  const resolve = resolver._resolveFilename;
  resolver._resolveFilename = function (request, ...rest) {
    try {
      return resolve.call(this, request, ...rest);
    } catch (error) {
      if (request === packageName && (error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND") return entry;
      throw error;
    }
  };
}

/** The package folder that a file of it lies in. */
function rootOf(file: string): string {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      if (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).name === packageName) return folder;
    } catch {
      // No package.json here: look one folder up.
    }
  }
  return ownRoot;
}

/** Shows the compiler the package as `folder/node_modules/patchlab`, the first place it looks. */
function addTypes(sys: CompilerSystem, folder: string, root: string): void {
  const slashed = (path: string): string => path.replaceAll("\\", "/");
  const seen = `${slashed(folder).replace(/\/$/, "")}/node_modules/${packageName}`;
  const forward = (path: string): string =>
    path === seen || path.startsWith(`${seen}/`) ? slashed(root) + path.slice(seen.length) : path;
  for (const name of pathFunctions) {
    const original = sys[name] as PathFunction | undefined;
    if (original) sys[name] = (path: string, ...rest: unknown[]) => original.call(sys, forward(path), ...rest);
  }
}

/**
 * Makes `patchlab` importable from cells that run in `folder`. The folder's own copy (in a node_modules above it, or
 * because it lies inside the package) comes first; types and code always come from the same copy.
 *
 * @param sys TypeScript's `ts.sys` of the compiler that compiles the cells; it is changed
 * @returns the package's folder
 */
export function providePackage(folder: string, sys: CompilerSystem): string {
  addFallback(ownEntry());
  const root = rootOf(createRequire(join(folder, "cell.js")).resolve(packageName));
  addTypes(sys, folder, root);
  return root;
}
