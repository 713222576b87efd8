/** A cell as TypeScript's parser reads it, alone. */
import type ts from "typescript";
import { tsc } from "./typescript.js";

export interface ParsedCell {
  readonly file: ts.SourceFile;
  readonly errors: readonly ts.DiagnosticWithLocation[];
  /** Every identifier in it. */
  readonly words: ReadonlySet<string>;
}

/** Always as a module: `await` stands at the top level of any cell. */
function parseFile(fileName: string, text: string): ts.SourceFile {
  return tsc.createSourceFile(fileName, text, {
    languageVersion: tsc.ScriptTarget.ES2024,
    setExternalModuleIndicator: (file) => {
      (file as { externalModuleIndicator?: unknown }).externalModuleIndicator = true;
    },
  });
}

/** The parser's own errors and names, which TypeScript keeps on the file without saying so in its types. */
type Parsed = ts.SourceFile & {
  parseDiagnostics: ts.DiagnosticWithLocation[];
  identifiers: ReadonlyMap<string, string>;
};

export function parseCell(source: string): ParsedCell {
  const file = parseFile("cell.ts", source) as Parsed;
  return { file, errors: file.parseDiagnostics, words: new Set(file.identifiers.keys()) };
}
