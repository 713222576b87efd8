/** Names and labels of files that hold only numbers: a CSV file beside them, `x.csv` for `x.npy`. */
import { existsSync } from "node:fs";
import { extname } from "node:path";
import { writeAtomically } from "../atomic-write.js";
import { ArgumentError, FileError, FormatError } from "../errors.js";
import { columnAt, labelColumns, nameColumns } from "./column-names.js";
import { csvRow, parseCsv } from "./csv.js";
import { withFile } from "./sized-file.js";
import type { RowTexts } from "./vector-table.js";

/** Where the names and labels of the file lie. */
function companionOf(path: string): string {
  return `${path.slice(0, path.length - extname(path).length)}.csv`;
}

/**
 * Reads the CSV file beside `path`, where there is one: columns `name` (or path, file, filename, file_name)
 * and `label` (or class), others are left out.
 *
 * @throws FormatError when it is no CSV file in UTF-8 or has neither column
 */
export async function readCompanion(path: string, signal?: AbortSignal): Promise<RowTexts> {
  const csv = companionOf(path);
  if (csv === path || !existsSync(csv)) return {};
  const bytes = await withFile(csv, "a CSV file", (file) => file.read(0, file.size), signal);
  const [head = [], ...rows] = parseCsv(csv, decoded(csv, bytes));
  const [name, label] = [columnAt(head, nameColumns), columnAt(head, labelColumns)];
  if (name < 0 && label < 0)
    throw new FormatError(
      csv,
      `lies beside ${path} without a column "name" or "label": name its columns, or move it away`,
    );
  return {
    ...(name < 0 ? {} : { names: rows.map((row) => row[name]) }),
    ...(label < 0 ? {} : { labels: rows.map((row) => row[label]) }),
  };
}

function decoded(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new FormatError(path, "is no text in UTF-8: save it so", { cause });
  }
}

/**
 * Checks that the place for names and labels is free, or taken by what was written so before.
 *
 * @throws FileError when a CSV file lies there that is not of this kind, or that would be read as the names of vectors
 *   which have none
 */
export async function checkCompanion(path: string, { names, labels }: RowTexts): Promise<void> {
  const csv = companionOf(path);
  if (csv === path) throw new ArgumentError("path", `is ${path}, where the names would go: give it another extension`);
  if (!existsSync(csv)) return;
  const move = "move it away or choose another name";
  if (!names && !labels) throw new FileError(csv, `lies beside ${path} and would be read as its names: ${move}`);
  const head = await withFile(csv, "a CSV file", (file) => file.read(0, Math.min(file.size, 32)));
  if (/^(name|label|name,label)\r?\n/.test(Buffer.from(head).toString("latin1"))) return;
  throw new FileError(csv, `has other columns than name and label and would be lost: ${move}`);
}

/** Writes the CSV file beside `path`, where there is something to write. @returns the files written */
export async function writeCompanion(path: string, { names, labels }: RowTexts): Promise<string[]> {
  if (!names && !labels) return [];
  const csv = companionOf(path);
  await writeAtomically(csv, lines({ ...(names ? { name: names } : {}), ...(labels ? { label: labels } : {}) }));
  return [csv];
}

const linesAtOnce = 10_000;

async function* lines(columns: Readonly<Record<string, readonly string[]>>): AsyncGenerator<Uint8Array> {
  yield Buffer.from(csvRow(Object.keys(columns)));
  const lists = Object.values(columns);
  for (let from = 0; from < lists[0].length; from += linesAtOnce) {
    const rows = lists[0].slice(from, from + linesAtOnce);
    yield Buffer.from(rows.map((_, i) => csvRow(lists.map((list) => list[from + i]))).join(""));
  }
}
