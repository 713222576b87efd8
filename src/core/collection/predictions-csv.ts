/** Predictions as a table that spreadsheets and other programs read, and that labels can be read from again. */
import { resolve } from "node:path";
import { writeAtomically } from "../atomic-write.js";
import { csvRow } from "../interchange/csv.js";
import type { ClassifiedPicture, ClassifiedPictures } from "./classify-pictures.js";

/** What stands in the label's place where the confidence is too low. */
export const unsure = "unsure";

const ownColumns = ["path", "label", "confidence", "best", "problem"];

const rowsAtOnce = 10_000;

/**
 * Writes one row a picture: its whole path, its label or "unsure", the confidence in it, the best guess, what was wrong
 * with a picture that could not be judged, and the probability of each class. Cells that a spreadsheet would take for a
 * formula get an apostrophe in front.
 *
 * @throws FileError when the file cannot be written
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
export async function writePredictions(path: string, classified: ClassifiedPictures): Promise<void> {
  await writeAtomically(path, lines(classified));
}

async function* lines({ classes, rows, failed }: ClassifiedPictures): AsyncGenerator<Uint8Array> {
  yield Buffer.from(csvRow([...ownColumns, ...classColumns(classes).map(harmless)]));
  for (let from = 0; from < rows.length; from += rowsAtOnce)
    yield Buffer.from(
      rows
        .slice(from, from + rowsAtOnce)
        .map((row) => csvRow(cells(row)))
        .join(""),
    );
  const none = classes.map(() => "");
  for (const { name, error } of failed)
    yield Buffer.from(csvRow([harmless(resolve(name)), "", "", "", harmless(error.message), ...none]));
}

function cells({ picture, label, best, confidence, probabilities }: ClassifiedPicture): string[] {
  return [
    ...[harmless(resolve(picture.name)), harmless(label ?? unsure), digits(confidence), harmless(best), ""],
    ...Array.from(probabilities, digits),
  ];
}

/** Names of classes, changed where a column of that name is there. */
function classColumns(classes: readonly string[]): string[] {
  const taken = new Set(ownColumns);
  return classes.map((name) => {
    let column = name;
    while (taken.has(column) || (column !== name && classes.includes(column))) column = `class ${column}`;
    taken.add(column);
    return column;
  });
}

/** Six digits are more than 32 bits are sure of, and small ones stay apart from none. */
function digits(probability: number): string {
  return String(Number(probability.toPrecision(6)));
}

function harmless(text: string): string {
  const isNumber = text.trim() !== "" && Number.isFinite(Number(text));
  return /^[=+\-@\t\r\0]/.test(text) && !isNumber ? `'${text}` : text;
}
