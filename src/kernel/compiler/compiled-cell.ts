/** What the compiler of cells gives to the process that runs them. */

/** A cell as JavaScript. */
export interface CompiledCell {
  /** Number among the cells that were compiled, from 1. */
  readonly id: number;
  /** Name of the cell in stack traces, such as `cell [3]`. */
  readonly label: string;
  /** What the user wrote, for the line that an error shows. */
  readonly source: string;
  /**
   * An expression whose value is an async function of one `CellScope`, named `__cell` in it. What it returns is the
   * value of the cell's last expression.
   */
  readonly code: string;
  /** Source map (version 3, as JSON text) from `code` to `source`. */
  readonly map: string;
  /** The signature of the last expression, where it is a function. */
  readonly signature?: string;
  /** What each import of the cell means: its specifier as written, and where the code is. Packages are not listed. */
  readonly imports: Readonly<Record<string, LocalImport>>;
  /** TypeScript files of the notebook's own that the cell reaches, directly or by each other. */
  readonly modules: readonly CompiledModule[];
  /**
   * Earlier cells, by `id`, whose names this and later ones cannot reach any more, since all were declared anew:
   * `__cell.cells` need not keep them, or the memory of a cell's first run would stay taken after its second.
   */
  readonly forget?: readonly number[];
}

/** A file beside the notebook. */
export interface LocalImport {
  readonly kind: "typescript" | "json";
  /** Absolute path. */
  readonly file: string;
}

/** A TypeScript file of the notebook's own, as CommonJS. */
export interface CompiledModule {
  readonly file: string;
  readonly source: string;
  /** `import(…)` in it is written `__import(…)`. */
  readonly code: string;
  readonly map: string;
  readonly imports: Readonly<Record<string, LocalImport>>;
}

/** What a compiled cell finds in its argument `__cell`. */
export interface CellScope {
  /** Imports by the specifier that the cell wrote: the module's namespace. */
  import(specifier: string): Promise<Record<string, unknown>>;
  /** The names of earlier cells by their `id`: `__cell.cells[2].x`; variables can be assigned there. */
  readonly cells: Readonly<Record<number, Record<string, unknown>>>;
  /**
   * Tells which names the cell declares, before its first statement: a function that reads the name, and for `let`
   * and `var` one that assigns it. A name that throws when read has not been initialised, and stays unknown.
   */
  define(names: Readonly<Record<string, readonly [get: () => unknown, set?: (value: unknown) => void]>>): void;
  /** Stands for `import.meta`: url, filename and dirname of the notebook's folder. */
  readonly meta: Record<string, unknown>;
  /**
   * What an `await` at the cell's top level (outside its functions) waits on: `await x` is written
   * `await __cell.wait(x)`, so that an interrupt can end it there; each round of a
   * `for await` there begins with `await __cell.wait()`.
   */
  wait<T>(value?: T | PromiseLike<T>): Promise<T | undefined>;
}

/** Something that the compiler found in a cell, or in a file that it imports. */
export interface CellDiagnostic {
  /** 1-based, in the cell's own source or in `file`. */
  readonly line: number;
  readonly column: number;
  /** How many characters it marks, within one line. */
  readonly length: number;
  /** TypeScript's number, such as 2322. */
  readonly code: number;
  readonly message: string;
  /** Absolute path, where it lies in a local module instead of the cell. */
  readonly file?: string;
}

export type Compilation =
  | { readonly ok: true; readonly cell: CompiledCell }
  | { readonly ok: false; readonly diagnostics: readonly CellDiagnostic[] };

/** Suggestions at a place: `matches` replace the source from `start` to `end` (UTF-16 offsets). */
export interface Completion {
  readonly matches: readonly { readonly text: string; readonly kind: string; readonly signature?: string }[];
  readonly start: number;
  readonly end: number;
}

/** What is known of the name at a place, or undefined. */
export interface Inspection {
  /** Declaration and type, as the compiler prints them. */
  readonly signature: string;
  /** Its comment, as plain text; empty where it has none. */
  readonly documentation: string;
}

export type Completeness =
  | { readonly status: "complete" | "invalid" }
  /** `indent` is what the next line starts with. */
  | { readonly status: "incomplete"; readonly indent: string };

/** The compiler, which may live in another thread: every answer is a promise, and they come in order. */
export interface CellCompiler {
  /** Compiles and checks a cell against the names of the cells before it. Makes none of its names known. */
  compile(source: string, label: string): Promise<Compilation>;
  /** Makes names of a compiled cell known to later ones: those that were initialised, and all its types. */
  commit(id: number, names: readonly string[]): Promise<void>;
  complete(source: string, offset: number): Promise<Completion>;
  inspect(source: string, offset: number): Promise<Inspection | undefined>;
  isComplete(source: string): Promise<Completeness>;
  /** Forgets all cells. */
  reset(): Promise<void>;
  close(): Promise<void>;
}
