/** Comma-separated values. @see https://www.rfc-editor.org/rfc/rfc4180 */
import { FormatError } from "../errors.js";

/**
 * The rows of a text, which all have as many fields as the first. Lines may end in CRLF, LF or CR; empty ones are left
 * out.
 *
 * @throws FormatError naming the file and the line
 */
export function parseCsv(path: string, text: string): string[][] {
  const rows: string[][] = [];
  let fields: string[] = [];
  let [line, start] = [1, 1];
  let at = text.startsWith("\uFEFF") ? 1 : 0;
  while (at < text.length || fields.length > 0) {
    const quoted = text[at] === '"';
    const end = quoted ? closingQuote(text, at) + 1 : nextMark(text, at);
    const next = text[end] ?? "\n";
    if (end === 0 || !",\r\n".includes(next)) throw misquoted(path, line);
    const value = text.slice(at, end);
    fields.push(quoted ? value.slice(1, -1).replaceAll('""', '"') : value);
    if (quoted) line += value.match(lineEnds)?.length ?? 0;
    at = end + (next === "\r" && text[end + 1] === "\n" ? 2 : 1);
    if (next === ",") continue;
    if (fields.length > 1 || value !== "") rows.push(checkedRow(path, fields, rows[0], start));
    fields = [];
    start = ++line;
  }
  return rows;
}

const lineEnds = /\r\n|\n|\r/g;

/** @returns -1 where the field does not end */
function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from + 1);
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at;
}

/** Where an unquoted field ends, or has a quote that it should not. */
function nextMark(text: string, from: number): number {
  const mark = /[,\r\n"]/g;
  mark.lastIndex = from;
  return mark.exec(text)?.index ?? text.length;
}

function misquoted(path: string, line: number): FormatError {
  return new FormatError(path, `has a quote in the wrong place in line ${line}: quote the whole field, "a ""b"" c"`);
}

function checkedRow(path: string, fields: string[], first: string[] | undefined, line: number): string[] {
  if (first === undefined || fields.length === first.length) return fields;
  throw new FormatError(
    path,
    `has ${fields.length} fields in line ${line} where the first has ${first.length}: quote fields with commas in them`,
  );
}

/** A row with its line's end. */
export function csvRow(fields: readonly string[]): string {
  return `${fields.map(csvField).join(",")}\r\n`;
}

function csvField(text: string): string {
  // a line of nothing would be left out
  return text === "" || /[",\r\n\uFEFF]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
