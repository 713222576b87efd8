/** What cells import: packages, JSON, and TypeScript files of the notebook's own. */
import { readFileSync } from "node:fs";
import Module, { createRequire, isBuiltin } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { Script } from "node:vm";
import { FormatError } from "../../core/errors.js";
import type { CompiledModule, LocalImport } from "../compiler/compiled-cell.js";
import { ownPackage, packageOrigin } from "../compiler/own-package.js";
import type { Places } from "./places.js";

type Namespace = Record<string, unknown>;
type Imports = Readonly<Record<string, LocalImport>>;

export interface Modules {
  /** Takes the TypeScript files that a cell reaches; those that changed run again when they are imported next. */
  update(modules: readonly CompiledModule[]): void;
  /** Imports as a cell does; `imports` says which specifiers are files beside the notebook. */
  import(specifier: string, imports: Imports): Promise<Namespace>;
}

interface Loaded {
  readonly compiled: CompiledModule;
  /** Set once it runs: files that import each other see what is there so far, as in CommonJS. */
  exports?: Namespace;
}

/** Node's module class with the parts that its types leave out. */
interface NodeModule {
  filename: string;
  paths: string[];
  exports: unknown;
  _compile(code: string, filename: string): void;
}
interface NodeModuleClass {
  new (id: string): NodeModule;
  _nodeModulePaths(folder: string): string[];
}

/** `import()` as a file in `folder` would call it: Node looks from there for packages, with the import condition. */
function importerOf(folder: string): (specifier: string) => Promise<Namespace> {
  const Class = Module as unknown as NodeModuleClass;
  const filename = join(folder, "cell.cjs");
  const module = new Class(filename);
  module.filename = filename;
  module.paths = Class._nodeModulePaths(folder);
  module._compile("module.exports = (specifier) => import(specifier);", filename);
  return module.exports as (specifier: string) => Promise<Namespace>;
}

/** This copy of the package, for folders that have none. */
function ownEntry(): string {
  return pathToFileURL(createRequire(import.meta.url).resolve(ownPackage)).href;
}

/**
 * A CommonJS package's exports are its namespace's `default`; Node names only those that it can see without running
 * it. The types know all of them, so the rest is added.
 */
function withAllNames(namespace: Namespace): Namespace {
  const whole = namespace.default;
  if (whole === null || (typeof whole !== "object" && typeof whole !== "function")) return namespace;
  const missing = Object.keys(whole).filter((name) => !(name in namespace));
  if (missing.length === 0) return namespace;
  return { ...Object.fromEntries(missing.map((name) => [name, (whole as Namespace)[name]])), ...namespace };
}

function readJson(file: string): Namespace {
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    const names = typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
    return { ...names, default: value };
  } catch (cause) {
    throw new FormatError(file, `cannot be imported as JSON (${(cause as Error).message})`, { cause });
  }
}

/** The packages that compiled TypeScript requires by name. */
function requiredPackages({ code, imports }: CompiledModule): string[] {
  const specifiers = [...code.matchAll(/\brequire\("((?:[^"\\]|\\.)+)"\)/g)].map(([, text]) => JSON.parse(`"${text}"`));
  return [...new Set<string>(specifiers)].filter((specifier) => !(specifier in imports));
}

/** Files whose code changed, and those that import one of them, however far away. */
function changedFiles(modules: readonly CompiledModule[], loaded: ReadonlyMap<string, Loaded>): Set<string> {
  const changed = new Set(
    modules.filter(({ file, code }) => loaded.get(file)?.compiled.code !== code).map(({ file }) => file),
  );
  for (let size = -1; size !== changed.size; ) {
    size = changed.size;
    for (const { file, imports } of modules)
      if (Object.values(imports).some((target) => changed.has(target.file))) changed.add(file);
  }
  return changed;
}

const wrapperStart = "(function (exports, require, module, __filename, __dirname, __import) {";

/** The modules of cells that run in `folder`. */
export function createModules(folder: string, places: Places): Modules {
  const loaded = new Map<string, Loaded>();
  const importFrom = importerOf(folder);
  const packages = new Map<string, Namespace>();

  async function importPackage(specifier: string, importer = importFrom): Promise<Namespace> {
    const own = specifier === ownPackage && packageOrigin(folder) !== folder;
    // What is written as a path lies beside the notebook, not beside this file.
    return withAllNames(await (own ? import(ownEntry()) : importer(specifier)));
  }

  /** Loads the packages that a file and those it imports require, since `require` cannot wait for them. */
  async function fetchPackages(file: string, seen: Set<string>): Promise<void> {
    const module = loaded.get(file);
    if (!module || module.exports || seen.has(file)) return;
    seen.add(file);
    const importer = importerOf(dirname(file));
    for (const specifier of requiredPackages(module.compiled)) {
      const namespace = await importPackage(specifier, importer).catch(() => undefined);
      if (namespace) packages.set(`${dirname(file)}\0${specifier}`, { __esModule: true, ...namespace });
    }
    for (const target of Object.values(module.compiled.imports)) await fetchPackages(target.file, seen);
  }

  function requireFrom({ file, imports }: CompiledModule): (specifier: string) => unknown {
    const nodeRequire = createRequire(file);
    return (specifier) => {
      const target = Object.hasOwn(imports, specifier) ? imports[specifier] : undefined;
      if (target) return target.kind === "json" ? { __esModule: true, ...load(target) } : load(target);
      return packages.get(`${dirname(file)}\0${specifier}`) ?? nodeRequire(specifier);
    };
  }

  function load(target: LocalImport): Namespace {
    if (target.kind === "json") return readJson(target.file);
    const module = loaded.get(target.file)!;
    if (module.exports) return module.exports;
    const { compiled } = module;
    const { file, code, source, map, imports } = compiled;
    places.add(file, file, source, map);
    const script = new Script(`${wrapperStart}${code}\n})`, { filename: file, columnOffset: -wrapperStart.length });
    const holder = { exports: {} as Namespace };
    module.exports = holder.exports;
    const run = script.runInThisContext() as (...args: unknown[]) => void;
    const importHere = (specifier: string): Promise<Namespace> =>
      importAny(specifier, imports, importerOf(dirname(file)));
    try {
      run.call(holder.exports, holder.exports, requireFrom(compiled), holder, file, dirname(file), importHere);
    } catch (error) {
      delete module.exports;
      throw error;
    }
    module.exports = holder.exports;
    return module.exports;
  }

  async function importAny(specifier: string, imports: Imports, importer = importFrom): Promise<Namespace> {
    const target = Object.hasOwn(imports, specifier) ? imports[specifier] : undefined;
    if (!target) return importPackage(specifier, importer);
    await fetchPackages(target.file, new Set());
    return load(target);
  }

  return {
    update(modules) {
      const changed = changedFiles(modules, loaded);
      for (const compiled of modules) if (changed.has(compiled.file)) loaded.set(compiled.file, { compiled });
    },
    import: (specifier, imports) => importAny(specifier, imports),
  };
}

/** What `import.meta` is in a cell. */
export function cellMeta(folder: string): Record<string, unknown> {
  const filename = join(folder, "cell.ts");
  const url = pathToFileURL(filename).href;
  const require = createRequire(filename);
  const resolve = (specifier: string): string => {
    if (/^(?:\.{0,2}\/|[a-z]+:)/.test(specifier)) return new URL(specifier, url).href;
    return isBuiltin(specifier) ? `node:${specifier}` : pathToFileURL(require.resolve(specifier)).href;
  };
  return { url, filename, dirname: folder, resolve };
}
