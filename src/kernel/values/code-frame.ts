/** The lines around a place in a source, with the place marked. */
import { red } from "./ansi.js";

/** Lines above and below. */
const around = 2;

/** Characters of a line that are shown. */
const widest = 110;

export interface MarkedPlace {
  readonly source: string;
  /** from 1 */
  readonly line: number;
  readonly column: number;
  /** how many characters are marked, within the line @default 1 */
  readonly length?: number;
}

/**
 * Writes out the lines around a place, the marked one with `>` and the characters with `^` under them.
 *
 * @returns no lines where the source has no such line
 */
export function codeFrame({ source, line, column, length = 1 }: MarkedPlace): string[] {
  const lines = source.split(/\r\n|[\n\r\u2028\u2029]/);
  if (line < 1 || line > lines.length) return [];
  const first = Math.max(1, line - around);
  // a source that ends in a line break has an empty line after it
  const filled = lines.at(-1) === "" ? lines.length - 1 : lines.length;
  const last = Math.max(line, Math.min(filled, line + around));
  const gutter = String(last).length;
  // long lines are cut alike, so that they still stand under each other
  const from = Math.max(0, column - 1 - Math.floor(widest * 0.7));
  return lines.slice(first - 1, last).flatMap((text, i) => {
    const number = first + i;
    const shown = window(text, from);
    const here = `${number === line ? red(">") : " "} ${String(number).padStart(gutter)} | ${shown}`.trimEnd();
    if (number !== line) return [here];
    return [here, `  ${" ".repeat(gutter)} | ${marks(shown, column - 1 - from, length)}`];
  });
}

function window(text: string, from: number): string {
  const part = text.slice(from, from + widest);
  const start = from > 0 && part !== "" ? `…${part.slice(1)}` : part;
  return text.length > from + widest ? `${start.slice(0, -1)}…` : start;
}

/** Tabs stay tabs, so that the mark stands under its place however wide they are. */
function marks(shown: string, at: number, length: number): string {
  const indent = shown.slice(0, at).replace(/[^\t]/g, " ").padEnd(at);
  const most = Math.max(1, shown.length - at);
  return indent + red("^".repeat(Math.min(Math.max(1, length), most)));
}
