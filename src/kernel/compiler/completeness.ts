/** Whether what is typed so far can run, as a console asks before it sends a line. */
import type { Completeness } from "./compiled-cell.js";
import { parseCell } from "./parse.js";

const indentation = "  ";

/** Comments and templates that have no end yet: one more line may bring it. */
const unterminated = new Set([1010, 1160]);
const unterminatedString = 1002;

export function completenessOf(source: string): Completeness {
  const { errors, file } = parseCell(source);
  const text = source.trimEnd();
  // up to the last word of code: a comment may follow
  if (errors.length === 0)
    return goesOn(source.slice(0, file.endOfFileToken.pos)) ? incomplete(source) : { status: "complete" };
  // a string ends with its line, unless that ends in a backslash
  const cut = errors.some(({ code }) => code === unterminatedString) && !text.endsWith("\\");
  const atEnd = errors.every(({ start, code }) => start >= text.length || unterminated.has(code));
  return atEnd && !cut ? incomplete(source) : { status: "invalid" };
}

/** What the parser takes for whole, and no one means so: a list of variables that ends in a comma or has not begun. */
function goesOn(text: string): boolean {
  return /(?:,|(?:^|[\s;{}])(?:var|let|const))$/.test(text);
}

function incomplete(source: string): Completeness {
  const lines = source.split(/\r\n|[\n\r]/).filter((line) => line.trim() !== "");
  const last = lines.at(-1) ?? "";
  const before = /^\s*/.exec(last)?.[0] ?? "";
  return { status: "incomplete", indent: /(?:[{([]|=>)\s*$/.test(last) ? before + indentation : before };
}
