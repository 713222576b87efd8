/** The files that the compiler sees: cells, which are nowhere on disk, and all that they import, which is. */
import { statSync } from "node:fs";
import { isBuiltin } from "node:module";
import type ts from "typescript";
import { globalsText } from "./globals-text.js";
import { type Library, libraryFile, readLibrary } from "./library.js";
import { isInstalled, ModulePaths } from "./module-paths.js";
import { cellOptions } from "./options.js";
import { tsc } from "./typescript.js";

interface VirtualFile {
  readonly text: string;
  readonly version: string;
  readonly snapshot: ts.IScriptSnapshot;
}

/** TypeScript's paths have slashes everywhere. */
function slashed(path: string): string {
  return path.replaceAll("\\", "/");
}

export class CellFiles implements ts.LanguageServiceHost {
  readonly folder: string;
  /** Comments are not read at first, which takes a quarter off the start: only inspection shows them. */
  jsDocParsingMode: ts.JSDocParsingMode = tsc.JSDocParsingMode.ParseForTypeInfo;
  readonly paths: ModulePaths;
  readonly #virtual = new Map<string, VirtualFile>();
  /** Files on disk as they were read last. */
  readonly #read = new Map<string, { readonly version: string; readonly snapshot: ts.IScriptSnapshot | undefined }>();
  /** Versions of files on disk, asked for once in every round. */
  readonly #versions = new Map<string, string>();
  /** Cells and local files with an import that led nowhere: they are read again, since the missing file may come. */
  readonly #unresolved = new Set<string>();
  readonly #library: Library;
  /** From where the library's own imports are looked for. */
  readonly #libraryOrigin: string;
  #roots: readonly string[] = [];
  #round = 0;
  #writes = 0;

  constructor(folder: string) {
    this.folder = slashed(folder).replace(/\/$/, "");
    this.paths = new ModulePaths(this.folder, cellOptions, (cell) => this.cellFile(cell));
    const nodeTypes = this.paths.nodeTypes(this.folder);
    this.#libraryOrigin = nodeTypes ?? this.#libraryFile;
    this.#library = readLibrary(nodeTypes);
    this.write(this.#globals, globalsText);
    this.write(this.#libraryFile, this.#library.text);
  }

  get #libraryFile(): string {
    return `${this.folder}/<library>.d.ts`;
  }

  /** TypeScript looks for parts of the library beside it; packages ask for them, most often for the browser's. */
  #part(file: string): string | undefined {
    if (!file.startsWith(`${this.folder}/lib.`)) return undefined;
    const part = /\/lib\.([^/]+)\.d\.ts$/.exec(file)?.[1];
    // else it is a file of the user's that happens to be named so
    return part !== undefined && tsc.sys.fileExists(libraryFile(part)) ? part : undefined;
  }

  get #globals(): string {
    return `${this.folder}/<globals>.d.ts`;
  }

  /** A name that no file has, or will have. */
  cellFile(cell: number): string {
    return `${this.folder}/<cell ${cell}>.ts`;
  }

  /** The cell at hand, always under one name: TypeScript builds on its last program while the names stay. */
  get current(): string {
    return `${this.folder}/<cell>.ts`;
  }

  write(file: string, text: string): void {
    // the same text is looked at again where an import led nowhere
    if (this.#virtual.get(file)?.text === text && !this.#unresolved.has(file)) return;
    const version = String(++this.#writes);
    this.#virtual.set(file, { text, version, snapshot: tsc.ScriptSnapshot.fromString(text) });
  }

  remove(file: string): void {
    this.#virtual.delete(file);
  }

  /** Begins a look at the current cell, and at `more` roots: what changed on disk since the last is read anew. */
  begin(more: readonly string[]): void {
    this.#roots = [this.#globals, ...more, this.current];
    this.#versions.clear();
    this.paths.begin();
    this.#round++;
  }

  getCompilationSettings(): ts.CompilerOptions {
    return cellOptions;
  }

  getScriptFileNames(): string[] {
    return [...this.#roots];
  }

  getScriptVersion(file: string): string {
    const virtual = this.#virtual.get(file);
    if (virtual) return virtual.version;
    // what is installed stays while the kernel runs, as it does for the code that Node has loaded
    if (isInstalled(file) || this.#part(file) !== undefined) return "installed";
    let version = this.#versions.get(file);
    if (version === undefined) {
      version = this.#diskVersion(file);
      this.#versions.set(file, version);
    }
    return version;
  }

  #diskVersion(file: string): string {
    const stat = statSync(file, { throwIfNoEntry: false });
    const version = stat ? `${stat.mtimeMs} ${stat.size}` : "missing";
    return this.#unresolved.has(file) ? `${version} ${this.#round}` : version;
  }

  getScriptSnapshot(file: string): ts.IScriptSnapshot | undefined {
    const virtual = this.#virtual.get(file);
    if (virtual) return virtual.snapshot;
    const version = this.getScriptVersion(file);
    const before = this.#read.get(file);
    if (before?.version === version) return before.snapshot;
    const text = this.readFile(file);
    const snapshot = text === undefined ? undefined : tsc.ScriptSnapshot.fromString(text);
    this.#read.set(file, { version, snapshot });
    return snapshot;
  }

  /** Where TypeScript remembers the package.json files that it has read. */
  getModuleResolutionCache(): ts.ModuleResolutionCache {
    return this.paths.installed;
  }

  getCurrentDirectory(): string {
    return this.folder;
  }

  getDefaultLibFileName(): string {
    return this.#libraryFile;
  }

  useCaseSensitiveFileNames(): boolean {
    return tsc.sys.useCaseSensitiveFileNames;
  }

  fileExists(file: string): boolean {
    return this.#virtual.has(file) || this.#part(file) !== undefined || tsc.sys.fileExists(file);
  }

  readFile(file: string, encoding?: string): string | undefined {
    const part = this.#part(file);
    // what is in the library already is nothing more
    if (part !== undefined) return this.#library.parts.has(part) ? "" : tsc.sys.readFile(libraryFile(part));
    return this.#virtual.get(file)?.text ?? tsc.sys.readFile(file, encoding);
  }

  directoryExists(folder: string): boolean {
    return tsc.sys.directoryExists(folder);
  }

  getDirectories(folder: string): string[] {
    return tsc.sys.getDirectories(folder);
  }

  readDirectory(...args: Parameters<typeof tsc.sys.readDirectory>): string[] {
    return tsc.sys.readDirectory(...args);
  }

  realpath(path: string): string {
    return this.#virtual.has(path) ? path : (tsc.sys.realpath?.(path) ?? path);
  }

  resolveModuleNameLiterals(
    literals: readonly ts.StringLiteralLike[],
    from: string,
    _redirected: ts.ResolvedProjectReference | undefined,
    options: ts.CompilerOptions,
    file: ts.SourceFile,
  ): readonly ts.ResolvedModuleWithFailedLookupLocations[] {
    const origin = from === this.#libraryFile ? this.#libraryOrigin : from;
    const resolved = literals.map((literal) =>
      this.paths.resolve(literal.text, origin, tsc.getModeForUsageLocation(file, literal, options)),
    );
    if (!isInstalled(origin)) {
      if (resolved.every(({ resolvedModule }, i) => resolvedModule || isBuiltin(literals[i]?.text ?? "")))
        this.#unresolved.delete(from);
      else this.#unresolved.add(from);
    }
    return resolved;
  }

  resolveTypeReferenceDirectiveReferences<T extends ts.FileReference | string>(
    references: readonly T[],
    from: string,
  ): readonly ts.ResolvedTypeReferenceDirectiveWithFailedLookupLocations[] {
    return references.map((reference) => {
      const name = typeof reference === "string" ? reference : reference.fileName;
      if (name === "node")
        return { resolvedTypeReferenceDirective: { primary: true, resolvedFileName: this.#libraryFile } };
      return this.paths.resolveTypes(name, from || `${this.folder}/cell.ts`);
    });
  }
}
