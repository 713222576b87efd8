/** Labels in a CSV file: one row a picture, with the name of its file and its label. */
import { FormatError } from "../errors.js";
import { columnAt, labelColumns, nameColumns } from "./column-names.js";
import { type CsvRecord, csvRecords } from "./csv.js";
import { withFile } from "./sized-file.js";

export interface LabelRow {
  /** of the file, counted from 1 */
  readonly line: number;
  /** as it is written there, without space around it */
  readonly file: string;
  /** without space around it, in the composed form of Unicode; may be empty */
  readonly label: string;
}

export interface LabelTable {
  readonly path: string;
  readonly rows: readonly LabelRow[];
  /** rows that cannot be used as they are, with the reason */
  readonly malformed: readonly { readonly line: number; readonly problem: string }[];
}

/** Some hundred million rows; a larger file is something else. */
const maxBytes = 2 ** 28;

const fileColumns: readonly string[] = [
  ...["path", "file_path", "filepath", "image_path", "file", "filename", "file_name"],
  ...["image", "picture", ...nameColumns],
];
const classColumns: readonly string[] = [...labelColumns, "class_name", "category", "labels"];

/**
 * Reads labels. Columns are separated by commas, semicolons or tabs, which the file shows by itself, and quoted as RFC
 * 4180 says. The first row may name the columns, in any order and among others: the picture's is called file (or path,
 * filename, image, name …), its label's label (or class, category). Without such a row there are two columns, the
 * picture's first.
 *
 * @throws FileError when it cannot be read; FormatError when it is empty, no text, has a quote in the wrong place, or
 *   has neither such names nor two columns
 */
export async function readLabelTable(path: string, signal?: AbortSignal): Promise<LabelTable> {
  const text = await withFile(
    path,
    "a CSV file of labels",
    async (file) => {
      if (file.size <= maxBytes) return decoded(path, await file.read(0, file.size));
      throw new FormatError(path, `has ${file.size} bytes, too many for labels: give a CSV file of names and labels`);
    },
    signal,
  );
  return parseLabelTable(path, text);
}

/** @param path what errors call the text */
export function parseLabelTable(path: string, text: string): LabelTable {
  const { records, named, file, label } = columnsOf(path, text);
  const width = records[0].fields.length;
  const rows: LabelRow[] = [];
  const malformed: { line: number; problem: string }[] = [];
  for (const { line, fields } of named ? records.slice(1) : records) {
    const problem = problemOf(fields, { width, needed: Math.max(file, label) + 1 });
    const name = fields[file]?.trim() ?? "";
    if (problem !== undefined) malformed.push({ line, problem });
    else if (name === "") malformed.push({ line, problem: "names no picture" });
    else rows.push({ line, file: name, label: labelOf(fields[label]) });
  }
  return { path, rows, malformed };
}

/** Without the apostrophe that keeps spreadsheets from taking it for a formula. */
function labelOf(field: string): string {
  return field
    .trim()
    .replace(/^'(?=[=+\-@])/, "")
    .normalize("NFC");
}

/** The text of the bytes, in UTF-8 or, as Excel saves its Unicode texts, in UTF-16 with a mark. */
function decoded(path: string, bytes: Uint8Array): string {
  const [first, second] = bytes;
  const encoding = first === 0xff && second === 0xfe ? "utf-16le" : "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new FormatError(path, "is no text in UTF-8: save it so, as spreadsheets offer it by that name", { cause });
  }
}

/** All rows, with the places of the two columns and whether the first row names them. */
interface Columns {
  records: CsvRecord[];
  named: boolean;
  file: number;
  label: number;
}

function columnsOf(path: string, text: string): Columns {
  // by which Excel tells itself what separates the columns
  const declared = /^\uFEFF?sep=([,;\t])(?=[\r\n])/i.exec(text);
  // an empty line in its place, so that lines are still counted right
  const rest = declared ? text.slice(declared[0].length) : text;
  const found = (declared ? [declared[1]] : [",", ";", "\t"]).map((separator) => columnsBy(path, rest, separator));
  const usable = found.filter((one): one is Columns => one !== undefined && !(one instanceof FormatError));
  const pairs = ({ records }: Columns) => records.filter(({ fields }) => fields.length === 2).length;
  // a name may hold a comma where semicolons separate: the one that makes the most pairs is meant
  const [best] = usable.sort((a, b) => Number(b.named) - Number(a.named) || pairs(b) - pairs(a));
  if (best) return best;
  throw (
    found.find((one) => one instanceof FormatError) ??
    new FormatError(
      path,
      "has no columns that are known as names and labels: begin it with a row such as file,label, or give two columns, the picture's first",
    )
  );
}

/** @returns undefined where the first row is none of two columns, the error where the text is none of this separator */
function columnsBy(path: string, text: string, separator: string): Columns | FormatError | undefined {
  try {
    const rest = csvRecords(path, text, separator);
    const first = rest.next().value;
    if (!first) return undefined;
    const [file, label] = [columnAt(first.fields, fileColumns), columnAt(first.fields, classColumns)];
    const named = file >= 0 && label >= 0;
    if (!named && first.fields.length !== 2) return undefined;
    return { records: [first, ...rest], ...(named ? { named, file, label } : { named, file: 0, label: 1 }) };
  } catch (error) {
    if (error instanceof FormatError) return error;
    throw error;
  }
}

/** Columns that a row lacks at its end may be left out, and those that it has more may be empty. */
function problemOf(
  fields: readonly string[],
  { width, needed }: { width: number; needed: number },
): string | undefined {
  if (fields.length < needed) return `has ${fields.length} of the ${needed} fields that are needed`;
  if (fields.slice(width).every((field) => field.trim() === "")) return undefined;
  return `has ${fields.length} fields where the first row has ${width}: quote fields that hold the separator`;
}
