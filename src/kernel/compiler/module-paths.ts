/** Where the imports of cells lead: other cells, files beside the notebook, packages. */
import { isBuiltin } from "node:module";
import { dirname } from "node:path";
import type ts from "typescript";
import { cellOfSpecifier } from "./known-names.js";
import { ownFile, ownPackage, packageOrigin } from "./own-package.js";
import { tsc } from "./typescript.js";

type Resolved = ts.ResolvedModuleWithFailedLookupLocations;

export function isInstalled(file: string): boolean {
  return file.includes("/node_modules/");
}

const nowhere = { resolvedModule: undefined } as Resolved;

function isPath(specifier: string): boolean {
  return /^\.{0,2}\//.test(specifier) || specifier === "." || specifier === "..";
}

/** Resolves as TypeScript does, and remembers the packages that it found; what is missing is looked for again. */
export class ModulePaths {
  readonly #options: ts.CompilerOptions;
  readonly #cellFile: (cell: number) => string;
  readonly #packageOrigin: string;
  readonly #newCache: () => ts.ModuleResolutionCache;
  readonly #packages = new Map<string, Resolved>();
  readonly #types = new Map<string, ts.ResolvedTypeReferenceDirectiveWithFailedLookupLocations>();
  /** What lies in packages stays as it is. */
  readonly installed: ts.ModuleResolutionCache;
  /** What the notebook's own files import may appear, move and go between two cells. */
  #round: ts.ModuleResolutionCache;

  constructor(folder: string, options: ts.CompilerOptions, cellFile: (cell: number) => string) {
    this.#options = options;
    this.#cellFile = cellFile;
    this.#packageOrigin = packageOrigin(folder);
    this.#newCache = () => tsc.createModuleResolutionCache(folder, (name) => name, options);
    this.installed = this.#newCache();
    this.#round = this.#newCache();
  }

  /** Forgets what is on disk outside of packages. */
  begin(): void {
    this.#round = this.#newCache();
  }

  resolve(specifier: string, from: string, mode?: ts.ResolutionMode): Resolved {
    const cell = cellOfSpecifier(specifier);
    if (cell !== undefined)
      return { resolvedModule: { resolvedFileName: this.#cellFile(cell), extension: tsc.Extension.Ts } } as Resolved;
    // Node prefers its own modules, which the types declare by name
    if (isBuiltin(specifier)) return nowhere;
    const local = isPath(specifier) && !isInstalled(from);
    const key = `${mode ?? ""} ${dirname(from)} ${specifier}`;
    const known = local ? undefined : this.#packages.get(key);
    if (known) return known;
    const resolved = this.#look(specifier, from, mode);
    // what has no types yet may get them by another package
    const typed = /\.[cm]?tsx?$/.test(resolved.resolvedModule?.resolvedFileName ?? "");
    if (!local && (typed || isInstalled(from))) this.#packages.set(key, resolved);
    return resolved;
  }

  #look(specifier: string, from: string, mode: ts.ResolutionMode): Resolved {
    const own = specifier === ownPackage && !isInstalled(from);
    const origin = own ? `${this.#packageOrigin}/cell.ts` : from;
    const cache = isInstalled(from) ? this.installed : this.#round;
    return tsc.resolveModuleName(specifier, origin, this.#options, tsc.sys, cache, undefined, mode);
  }

  /** The entry of Node's types: the notebook folder's own, else those that this package depends on. */
  nodeTypes(folder: string): string | undefined {
    return this.resolveTypes("node", `${folder}/cell.ts`).resolvedTypeReferenceDirective?.resolvedFileName;
  }

  /** Types that a package or a cell refers to: those of its folder, else those that this package depends on. */
  resolveTypes(name: string, from: string | undefined): ts.ResolvedTypeReferenceDirectiveWithFailedLookupLocations {
    const key = `${name} ${from && dirname(from)}`;
    const known = this.#types.get(key);
    if (known) return known;
    const own = tsc.resolveTypeReferenceDirective(name, from, this.#options, tsc.sys);
    const found = own.resolvedTypeReferenceDirective
      ? own
      : tsc.resolveTypeReferenceDirective(name, ownFile, this.#options, tsc.sys);
    this.#types.set(key, found);
    return found;
  }
}
