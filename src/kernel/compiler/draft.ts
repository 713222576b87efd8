/** A cell that is being written, in the program with all that is known before it. */
import type ts from "typescript";

export interface Draft {
  readonly service: ts.LanguageService;
  readonly checker: ts.TypeChecker;
  readonly file: ts.SourceFile;
  readonly source: string;
  /** How far the cell's text stands from the file's start: what is known stands before it. */
  readonly shift: number;
}
