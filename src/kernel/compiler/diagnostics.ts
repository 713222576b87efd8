/** What TypeScript found, as places in a cell. */
import type ts from "typescript";
import type { CellDiagnostic } from "./compiled-cell.js";
import { tsc } from "./typescript.js";

/** How many are told at once; the last one says how many more there are. */
const most = 20;

/**
 * Complaints that a type was left out (TS7005 to 7057, as `noImplicitAny` makes them): in a notebook that is how one
 * explores. The option itself stays on, since the type of an empty array follows from it.
 */
const leftOut = new Set([
  7005, 7006, 7008, 7009, 7010, 7011, 7012, 7013, 7014, 7015, 7016, 7017, 7018, 7019, 7020, 7022, 7023, 7024, 7025,
  7031, 7032, 7033, 7034, 7041, 7044, 7045, 7046, 7047, 7048, 7049, 7050, 7051, 7052, 7053, 7055, 7057,
]);

function isReported({ code, category }: ts.Diagnostic): boolean {
  return category === tsc.DiagnosticCategory.Error && !leftOut.has(code);
}

/** `describe` may make TypeScript's wording the notebook's. */
export function toCellDiagnostics(
  diagnostics: readonly ts.Diagnostic[],
  place: { readonly file: ts.SourceFile; readonly length: number; readonly path?: string },
  describe: (message: string) => string = (message) => message,
): CellDiagnostic[] {
  return diagnostics
    .filter((diagnostic) => isReported(diagnostic) && (diagnostic.start ?? 0) <= place.length)
    .map((diagnostic) => {
      const start = Math.min(diagnostic.start ?? 0, place.length);
      const { line, character } = place.file.getLineAndCharacterOfPosition(start);
      const lineEnd = endOfLine(place.file.text, start, place.length);
      return {
        line: line + 1,
        column: character + 1,
        length: Math.max(0, Math.min(diagnostic.length ?? 1, lineEnd - start)),
        code: diagnostic.code,
        message: describe(tsc.flattenDiagnosticMessageText(diagnostic.messageText, "\n")),
        ...(place.path === undefined ? {} : { file: place.path }),
      };
    })
    .sort((a, b) => a.line - b.line || a.column - b.column);
}

/** An error that has no place. */
export function wholeCell(message: string): CellDiagnostic {
  return { line: 1, column: 1, length: 0, code: 0, message };
}

function endOfLine(text: string, start: number, end: number): number {
  const found = text.slice(start, end).search(/[\r\n\u2028\u2029]/);
  return found < 0 ? end : start + found;
}

/** The first of many: one mistake can make hundreds. */
export function capped(diagnostics: readonly CellDiagnostic[]): readonly CellDiagnostic[] {
  const last = diagnostics[most - 1];
  if (diagnostics.length <= most || last === undefined) return diagnostics;
  const more = diagnostics.length - most;
  const note = `${last.message}\n(and ${more} more error${more === 1 ? "" : "s"})`;
  return [...diagnostics.slice(0, most - 1), { ...last, message: note }];
}

/**
 * TypeScript's words for a notebook: `import("…/<cell 1>").Model` is `Model (of cell [3])`, and there is no library to
 * choose.
 */
export function reworded(message: string, labelOf: (cell: number) => string | undefined): string {
  return message
    .replace(/import\("[^"]*<cell(?: (\d+))?>"\)\.([\w$.]+)/g, (_, cell, name) => {
      return `${name} (of ${(cell && labelOf(Number(cell))) ?? "this cell"})`;
    })
    .replace(/ Do you need to change your target library\?.*$/m, "");
}
