/** Cells one after the other through TypeScript's language service: each is a module that imports the ones before. */
import { CellProgram, type OpenCell } from "./cell-program.js";
import type {
  CellDiagnostic,
  Compilation,
  CompiledCell,
  Completeness,
  Completion,
  Inspection,
} from "./compiled-cell.js";
import { completenessOf } from "./completeness.js";
import { completionAt } from "./completion.js";
import { type DeclaredName, declaredNames, exportedNames, globalNames } from "./declared-names.js";
import { capped, reworded, toCellDiagnostics, wholeCell } from "./diagnostics.js";
import type { Draft } from "./draft.js";
import { emitCell } from "./emit.js";
import { inspectionAt } from "./inspection.js";
import { type KnownNames, knownNames, preludeOf } from "./known-names.js";
import { localImports, ModuleCompiler, specifiersOf } from "./local-modules.js";
import { NotebookNames } from "./notebook-names.js";
import { type ParsedCell, parseCell } from "./parse.js";
import { reservedNames } from "./scope-nodes.js";
import { resultSignature } from "./signature.js";

/** "Cannot find name 'x'." */
const nameNotFound = 2304;

/** A cell before it is checked. */
interface ReadCell extends ParsedCell {
  readonly source: string;
  readonly declared: ReadonlyMap<string, DeclaredName>;
  /** What it declares for every file. */
  readonly global: ReadonlySet<string>;
}

/** The compiler of cells where it runs, with the answers of CellCompiler at once. */
export class CellTypeScript {
  readonly #program: CellProgram;
  readonly #modules: ModuleCompiler;
  #names = new NotebookNames();
  readonly #labels = new Map<number, string>();
  #count = 0;

  constructor(folder: string) {
    this.#program = new CellProgram(folder);
    this.#modules = new ModuleCompiler(this.#program.files);
  }

  compile(source: string, label: string): Compilation {
    try {
      return this.#compile(source, label);
    } catch (error) {
      this.#program.restart();
      // what nests too deeply for the stack
      if (error instanceof RangeError) return refused([wholeCell("This cell is too deeply nested to be compiled.")]);
      throw error;
    }
  }

  #compile(source: string, label: string): Compilation {
    const parsed = parseCell(source);
    const wrong = parsed.errors.length > 0 ? parsed.errors : reservedNames(parsed.file, parsed.words);
    if (wrong.length > 0) return refused(toCellDiagnostics(wrong, { file: parsed.file, length: source.length }));
    const cell: ReadCell = {
      ...parsed,
      source,
      declared: declaredNames(parsed.file),
      global: globalNames(parsed.file),
    };
    const known = this.#names.visible(cell.declared, parsed.words);
    const open = this.#open(cell, known);
    const imports = localImports(this.#program.files, open.file.fileName, specifiersOf(parsed.file));
    const { modules, diagnostics } = this.#modules.compile(open.program, imports);
    const found = [...this.#check(cell, open), ...diagnostics];
    if (found.length > 0) return refused(found);
    return { ok: true, cell: { ...this.#emit(cell, open, known, label), imports, modules } };
  }

  #open(cell: ReadCell, known: KnownNames): OpenCell {
    return this.#program.open(withSurroundings(cell, known), this.#names.global(cell.global));
  }

  /** Where a name is not found, all names come in sight: TypeScript then finds the one that was meant. */
  #check(cell: ReadCell, open: OpenCell): CellDiagnostic[] {
    const found = this.#diagnose(cell, open);
    if (!found.some(({ code }) => code === nameNotFound)) return found;
    return this.#diagnose(cell, this.#open(cell, this.#names.visible(cell.declared)));
  }

  #diagnose({ source }: ReadCell, { program, file }: OpenCell): CellDiagnostic[] {
    const labelOf = (id: number): string | undefined => this.#labels.get(id);
    return toCellDiagnostics(program.getSemanticDiagnostics(file), { file, length: source.length }, (message) =>
      reworded(message, labelOf),
    );
  }

  #emit(
    { source, global }: ReadCell,
    { program, file }: OpenCell,
    known: KnownNames,
    label: string,
  ): Omit<CompiledCell, "imports" | "modules"> {
    const checker = program.getTypeChecker();
    const { length } = source;
    const declared = declaredNames(file, length);
    const id = this.#count + 1;
    const names = knownNames(id, declared, checker);
    const values = new Map([...declared].filter(([name]) => names.get(name)?.value));
    const emitted = emitCell(program, file, { checker, file, length, known, declared: values }, label);
    const signature = resultSignature(file, length, checker);
    this.#count = id;
    this.#labels.set(id, label);
    this.#program.files.write(this.#program.files.cellFile(id), file.text);
    const forget = this.#names.prepare(id, { names, global }, known);
    return { id, label, source, ...emitted, ...(signature === undefined ? {} : { signature }), forget };
  }

  commit(id: number, initialised: readonly string[]): void {
    this.#names.commit(id, new Set(initialised));
    this.#forgetTexts();
  }

  complete(source: string, offset: number): Completion {
    const nothing = { matches: [], start: offset, end: offset };
    return this.#answer(() => completionAt(this.#draft(source), offset), nothing);
  }

  inspect(source: string, offset: number): Inspection | undefined {
    this.#program.readComments();
    return this.#answer(() => inspectionAt(this.#draft(source), offset), undefined);
  }

  isComplete(source: string): Completeness {
    return this.#answer(() => completenessOf(source), { status: "invalid" });
  }

  /** What TypeScript stumbles over, as half a cell may make it, is answered as if there were nothing to say. */
  #answer<T>(find: () => T, otherwise: T): T {
    try {
      return find();
    } catch {
      this.#program.restart();
      return otherwise;
    }
  }

  /** All names are known in a cell that is being written, and stand before it: it may end in the middle of a string. */
  #draft(source: string): Draft {
    const parsed = parseCell(source).file;
    const declared = declaredNames(parsed);
    const before = `${preludeOf(this.#names.visible(declared), { linked: true })}\n;\n`;
    const { program, file } = this.#program.open(before + source, this.#names.global(globalNames(parsed)));
    return { service: this.#program.service, checker: program.getTypeChecker(), file, source, shift: before.length };
  }

  /** Reads the library types and checks a little, so that the first cell does not wait for it. */
  warm(): void {
    this.compile("1 + 1", "");
    this.#count = 0;
    this.#names.clear();
  }

  /** Compiles a cell that nobody wrote and leaves nothing of it: what runs often, V8 makes fast. */
  practise(): void {
    const [names, count] = [this.#names, this.#count];
    this.#names = new NotebookNames();
    const source = "const practice = [1, 2].map((value) => value + 1);\npractice.length + 1";
    this.#answer(() => this.compile(source, ""), undefined);
    [this.#names, this.#count] = [names, count];
  }

  reset(): void {
    this.#names.clear();
    this.#forgetTexts();
  }

  /** A cell that is run again and again leaves no copies of itself. */
  #forgetTexts(): void {
    for (const cell of this.#names.takeUntyped()) {
      this.#program.files.remove(this.#program.files.cellFile(cell));
      this.#labels.delete(cell);
    }
  }
}

/** The cell with declarations after its last line that make its surroundings known, so that its places stay. */
function withSurroundings({ source, file, declared }: ReadCell, known: KnownNames): string {
  const exported = exportedNames(file);
  const exports = [...declared.keys()].filter((name) => !exported.has(name));
  return `${source}\n;\n${preludeOf(known, { linked: false })}\nexport { ${exports.join(", ")} };\n`;
}

function refused(diagnostics: readonly CellDiagnostic[]): Compilation {
  return { ok: false, diagnostics: capped(diagnostics) };
}
