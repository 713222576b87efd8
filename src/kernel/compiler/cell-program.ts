/** TypeScript's language service over the cells: one is at hand, the others are files that it may import. */
import type ts from "typescript";
import { CellFiles } from "./cell-files.js";
import { tsc } from "./typescript.js";

export interface OpenCell {
  readonly program: ts.Program;
  readonly file: ts.SourceFile;
}

export class CellProgram {
  readonly files: CellFiles;
  #service: ts.LanguageService;

  constructor(folder: string) {
    this.files = new CellFiles(folder);
    this.#service = tsc.createLanguageService(this.files);
  }

  get service(): ts.LanguageService {
    return this.#service;
  }

  /** Puts a text in the place of the cell at hand; the files of `global` cells count without being imported. */
  open(text: string, global: readonly number[]): OpenCell {
    this.files.write(this.files.current, text);
    this.files.begin(global.map((cell) => this.files.cellFile(cell)));
    const program = this.#service.getProgram();
    const file = program?.getSourceFile(this.files.current);
    if (program === undefined || file === undefined) throw new Error("TypeScript made no program");
    return { program, file };
  }

  /** From now on comments are read too, for which all files are read once more. */
  readComments(): void {
    if (this.files.jsDocParsingMode === tsc.JSDocParsingMode.ParseAll) return;
    this.files.jsDocParsingMode = tsc.JSDocParsingMode.ParseAll;
    this.restart();
  }

  /** Begins anew, after TypeScript has stopped in the middle of something. */
  restart(): void {
    this.#service.dispose();
    this.#service = tsc.createLanguageService(this.files);
  }
}
