/** Compiles cells and runs them here, with as little of a kernel around them as the compiler's contract asks for. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { Script } from "node:vm";
import { CellTypeScript } from "#dist/kernel/compiler/cell-compiler.js";
import type {
  CellDiagnostic,
  CellScope,
  CompiledCell,
  CompiledModule,
  LocalImport,
} from "#dist/kernel/compiler/compiled-cell.js";

type Namespace = Record<string, unknown>;
type Imports = Readonly<Record<string, LocalImport>>;

/** What the compiler refused, as one error. */
export class Refused extends Error {
  readonly diagnostics: readonly CellDiagnostic[];

  constructor(diagnostics: readonly CellDiagnostic[]) {
    super(diagnostics.map(({ line, column, message }) => `${line}:${column} ${message}`).join("\n"));
    this.diagnostics = diagnostics;
  }
}

const compilers = new Map<string, CellTypeScript>();
/** A folder where cells find this package and its dependencies. */
export const notebooks = join(import.meta.dirname, "../../notebooks");

export class CellNotebook {
  readonly compiler: CellTypeScript;
  readonly #folder: string;
  readonly #cells: Record<number, Namespace> = Object.create(null);
  #count = 0;

  /** Tests share one compiler a folder, since TypeScript takes most of a second to read its library types. */
  constructor(folder: string = notebooks) {
    this.#folder = folder;
    this.compiler = compilers.get(folder) ?? new CellTypeScript(folder);
    compilers.set(folder, this.compiler);
    this.compiler.reset();
    (globalThis as Namespace).require = createRequire(join(folder, "cell.cjs"));
  }

  compile(source: string): CompiledCell {
    const made = this.compiler.compile(source, `cell [${++this.#count}]`);
    if (!made.ok) throw new Refused(made.diagnostics);
    return made.cell;
  }

  /** The errors of a cell, as "line:column code". */
  errors(source: string): string[] {
    const made = this.compiler.compile(source, `cell [${++this.#count}]`);
    return made.ok ? [] : made.diagnostics.map(({ line, column, code }) => `${line}:${column} TS${code}`);
  }

  /** Runs a cell and commits the names that it has initialised, also when it throws. */
  async run(source: string): Promise<unknown> {
    return this.evaluate(this.compile(source));
  }

  async evaluate(cell: CompiledCell): Promise<unknown> {
    let names: Parameters<CellScope["define"]>[0] = {};
    const modules = new Map(cell.modules.map((module) => [module.file, module]));
    const scope: CellScope = {
      import: (specifier) => this.#import(specifier, cell.imports, modules, join(this.#folder, "cell.cjs")),
      cells: this.#cells,
      define: (defined) => {
        names = defined;
        this.#cells[cell.id] = accessors(defined);
      },
      meta: { url: pathToFileURL(join(this.#folder, "cell.ts")).href, dirname: this.#folder },
      wait: async (value) => value,
    };
    for (const id of cell.forget ?? []) delete this.#cells[id];
    try {
      return await new Script(cell.code, { filename: cell.label }).runInThisContext()(scope);
    } finally {
      this.compiler.commit(
        cell.id,
        Object.keys(names).filter((name) => isInitialised(names[name]?.[0])),
      );
    }
  }

  async #import(
    specifier: string,
    imports: Imports,
    modules: ReadonlyMap<string, CompiledModule>,
    from: string,
  ): Promise<Namespace> {
    const local = imports[specifier];
    if (local) return load(local, modules, new Map());
    const require = createRequire(from);
    return import(specifier.startsWith("node:") ? specifier : pathToFileURL(require.resolve(specifier)).href);
  }
}

function isInitialised(read: (() => unknown) | undefined): boolean {
  try {
    read?.();
    return true;
  } catch {
    return false;
  }
}

function accessors(defined: Parameters<CellScope["define"]>[0]): Namespace {
  const names: Namespace = Object.create(null);
  for (const [name, [get, set]] of Object.entries(defined))
    Object.defineProperty(names, name, { get, ...(set ? { set } : {}), enumerable: true });
  return names;
}

function load(
  { kind, file }: LocalImport,
  modules: ReadonlyMap<string, CompiledModule>,
  loaded: Map<string, Namespace>,
): Namespace {
  const require = createRequire(file);
  if (kind === "json") return { default: require(file) };
  const before = loaded.get(file);
  const module = modules.get(file);
  if (before) return before;
  if (!module) throw new Error(`${file} was not compiled`);
  const exports: Namespace = {};
  loaded.set(file, exports);
  const inner = (specifier: string): unknown => {
    const target = module.imports[specifier];
    if (!target) return require(specifier);
    return target.kind === "json" ? require(target.file) : load(target, modules, loaded);
  };
  const wrapped = `(function (exports, require, module, __filename, __dirname, __import) {${module.code}\n})`;
  const run = new Script(wrapped, { filename: file }).runInThisContext();
  run(exports, inner, { exports }, file, dirname(file), async (specifier: string) => inner(specifier));
  return exports;
}
