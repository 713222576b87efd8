/** Matrices, tensors and typed arrays as their shape, their range and a corner. */
import { types } from "node:util";
import type { DisplayData } from "../cells/messages.js";
import { type Grid, type GridColumn, type GridRow, gridHtml, gridText } from "./grid.js";
import { frame, note } from "./html.js";
import { count, counted } from "./limits.js";
import { numberColumn, shortNumber } from "./number-text.js";
import { type NumberTable, numberTable } from "./numeric-record.js";
import { plainText } from "./plain-text.js";

/** Rows and columns that are shown: up to ten, else so many of each end. */
const most = 10;
const head = 5;
const tail = 3;

/** Typed arrays of no more are written out. */
const mostInline = 24;

/** Numbers that are read for the range; more would take longer than looking is worth. */
const mostRead = 2 ** 24;

/** The forms of a table of numbers, or undefined for anything else. */
export function numberData(value: object): DisplayData | undefined {
  if (types.isTypedArray(value)) return Buffer.isBuffer(value) ? undefined : { "text/plain": arrayText(value) };
  const table = numberTable(value);
  if (!table) return undefined;
  const title = [`${table.kind} ${table.shape.map(count).join(" × ")}`, table.type, ...summary(table.numbers)].join(
    ", ",
  );
  const grid = corner(table);
  const beside = Object.keys(table.beside).length > 0 ? plainText(table.beside) : "";
  const text = [title, gridText(grid), ...(beside ? [`beside it: ${beside}`] : [])].join("\n");
  const html = frame(note(title) + gridHtml(grid) + (beside ? note(`beside it: ${beside}`) : ""));
  return { "text/html": html, "text/plain": text };
}

/** The places that are shown; -1 stands for those between. */
function ends(length: number): number[] {
  if (length <= most) return Array.from({ length }, (_, i) => i);
  const first = Array.from({ length: head }, (_, i) => i);
  return [...first, -1, ...Array.from({ length: tail }, (_, i) => length - tail + i)];
}

function corner(table: NumberTable): Grid {
  const rows = ends(table.rows);
  const cols = ends(table.cols);
  const shown = rows.filter((i) => i >= 0);
  const columns: GridColumn[] = cols.map((j) => ({ head: j < 0 ? "…" : String(j), align: "right" }));
  const texts = cols.map((j) => (j < 0 ? shown.map(() => "…") : numberColumn(shown.map((i) => table.at(i, j)))));
  const lines = rows.map((i): GridRow => {
    if (i < 0) return { gap: `… ${counted(table.rows - head - tail, "more row")}` };
    const at = shown.indexOf(i);
    return { head: table.rowHead(i), cells: texts.map((column) => column[at]!) };
  });
  return { columns, rows: lines };
}

/** Range and mean, and how many are no numbers. */
function summary(numbers: ArrayLike<number | bigint> | undefined): string[] {
  if (!numbers || numbers.length === 0 || numbers.length > mostRead) return [];
  let [least, greatest, sum, finite, nan] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0, 0];
  for (let i = 0; i < numbers.length; i++) {
    const value = Number(numbers[i]);
    if (Number.isNaN(value)) nan++;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
    if (!Number.isFinite(value)) continue;
    sum += value;
    finite++;
  }
  const range = least <= greatest ? [`from ${shortNumber(least)} to ${shortNumber(greatest)}`] : [];
  const mean = finite > 1 ? [`mean ${shortNumber(sum / finite)}`] : [];
  return [...range, ...mean, ...(nan > 0 ? [`${count(nan)} NaN`] : [])];
}

function arrayText(array: NodeJS.TypedArray): string {
  const name = array[Symbol.toStringTag];
  const numbers = (from: number, to: number): (number | bigint)[] => [...array.subarray(from, to)];
  if (array.length === 0) return `${name}(0) []`;
  if (array.length <= mostInline) return `${name}(${array.length}) [ ${numbers(0, mostInline).map(exact).join(", ")} ]`;
  const texts = numberColumn([...numbers(0, most), ...numbers(array.length - most, array.length)]);
  const width = texts.reduce((longest, text) => Math.max(longest, text.length), 0);
  const line = (part: readonly string[]): string => part.map((text) => text.padStart(width)).join(", ");
  const title = [`${name}(${array.length})`, ...summary(array)].join(", ");
  return `${title}\n[ ${line(texts.slice(0, most))},\n  … ${count(array.length - 2 * most)} more,\n  ${line(texts.slice(most))} ]`;
}

/** As it would be typed; of single precision no more digits than it has. */
function exact(value: number | bigint): string {
  if (typeof value === "bigint") return `${value}n`;
  const short = Number(value.toPrecision(7));
  return String(Math.fround(short) === value ? short : value);
}
