/** Comma-separated values. @see https://www.rfc-editor.org/rfc/rfc4180 */
import { FormatError } from "../errors.js";

/** One row, with the line of the text that it begins in, counted from 1. */
export interface CsvRecord {
  readonly line: number;
  readonly fields: string[];
}

/**
 * The rows of a text, which all have as many fields as the first. Lines may end in CRLF, LF or CR; empty ones are left
 * out.
 *
 * @throws FormatError naming the file and the line
 */
export function parseCsv(path: string, text: string): string[][] {
  const rows: string[][] = [];
  for (const { fields, line } of csvRecords(path, text)) rows.push(checkedRow(path, fields, rows[0], line));
  return rows;
}

/**
 * The rows of a text one by one, however many fields each has.
 *
 * @param separator one character
 * @throws FormatError naming the file and the line of a quote in the wrong place
 */
export function* csvRecords(path: string, text: string, separator = ","): Generator<CsvRecord, void, void> {
  let fields: string[] = [];
  let [line, start] = [1, 1];
  let at = text.startsWith("\uFEFF") ? 1 : 0;
  // where an unquoted field ends, or has a quote that it should not
  const marks = new RegExp(`[${separator}\r\n"]`, "g");
  while (at < text.length || fields.length > 0) {
    const quoted = text[at] === '"';
    const end = quoted ? closingQuote(text, at) + 1 : nextMark(text, at, marks);
    const next = text[end] ?? "\n";
    if ((quoted && end === 0) || (next !== separator && !"\r\n".includes(next))) throw misquoted(path, line);
    const value = text.slice(at, end);
    fields.push(quoted ? value.slice(1, -1).replaceAll('""', '"') : value);
    if (quoted) line += value.match(lineEnds)?.length ?? 0;
    at = end + (next === "\r" && text[end + 1] === "\n" ? 2 : 1);
    if (next === separator) continue;
    if (fields.length > 1 || value !== "") yield { line: start, fields };
    fields = [];
    start = ++line;
  }
}

const lineEnds = /\r\n|\n|\r/g;

/** @returns -1 where the field does not end */
function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from + 1);
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at;
}

function nextMark(text: string, from: number, marks: RegExp): number {
  marks.lastIndex = from;
  return marks.exec(text)?.index ?? text.length;
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
