/** Lists of records as tables: rows with the same keys, or columns of the same length. */
import { types } from "node:util";
import type { DisplayData } from "../cells/messages.js";
import { type Grid, type GridColumn, type GridRow, gridHtml, gridText } from "./grid.js";
import { frame, note } from "./html.js";
import { count, counted, cutLine } from "./limits.js";
import { numberColumn } from "./number-text.js";
import { sample } from "./numeric-record.js";
import { inlineText } from "./plain-text.js";

/** Rows that are shown: up to twenty, else so many of each end. */
const mostRows = 20;
const head = 10;
const tail = 5;

const mostColumns = 30;
const mostCellCharacters = 40;

/** Fewer values in a record's columns are rather a record of lists. */
const leastColumnLength = 4;

interface Table {
  readonly rows: number;
  readonly columns: readonly string[];
  rowHead(row: number): string;
  cell(row: number, column: string): unknown;
}

/** The forms of a table, or undefined for what is none. May throw where the value's getters do. */
export function recordTableData(value: object): DisplayData | undefined {
  const table = tableOf(value);
  if (!table || !isReadable(table)) return undefined;
  const title = `${counted(table.rows, "row")} × ${counted(table.columns.length, "column")}`;
  const { grid, left } = gridOf(table);
  const rest = left > 0 ? `${counted(left, "more column")}` : "";
  const text = [title, gridText(grid), ...(rest ? [`… and ${rest}`] : [])].join("\n");
  return { "text/html": frame(note(rest ? `${title}, without ${rest}` : title) + gridHtml(grid)), "text/plain": text };
}

function tableOf(value: object): Table | undefined {
  if (Array.isArray(value)) return rowsTable(value, String);
  if (types.isMap(value)) return mapTable(value);
  return isRecord(value) ? columnsTable(value) : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || types.isProxy(value) || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function rowsTable(rows: readonly unknown[], rowHead: (row: number) => string): Table | undefined {
  const sampled = sample(rows);
  if (sampled.length === 0 || !sampled.every(isRecord)) return undefined;
  const records = sampled as Record<string, unknown>[];
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const filled = records.reduce((sum, record) => sum + Object.keys(record).length, 0);
  // records that share few keys are no table
  if (columns.length === 0 || columns.length > 1_000 || filled < (columns.length * records.length * 2) / 3)
    return undefined;
  return { rows: rows.length, columns, rowHead, cell: (i, column) => own(rows[i] as object, column) };
}

function own(record: object, key: string): unknown {
  return Object.hasOwn(record, key) ? Reflect.get(record, key) : undefined;
}

/** Records by name: the names are the rows'. */
function mapTable(map: ReadonlyMap<unknown, unknown>): Table | undefined {
  if (map.size > 100_000) return undefined;
  const keys = [...Map.prototype.keys.call(map)];
  if (!keys.every((key) => typeof key === "string" || typeof key === "number")) return undefined;
  return rowsTable([...Map.prototype.values.call(map)], (i) => cutLine(String(keys[i]), mostCellCharacters));
}

/** Lists of one length by name: the names are the columns'. */
function columnsTable(record: Record<string, unknown>): Table | undefined {
  const columns = Object.keys(record);
  const lists = columns.map((column) => Object.getOwnPropertyDescriptor(record, column)?.value as unknown);
  if (columns.length < 2 || !lists.every(isList)) return undefined;
  const [first] = lists as ArrayLike<unknown>[];
  const rows = first!.length;
  if (rows < leastColumnLength || !(lists as ArrayLike<unknown>[]).every(({ length }) => length === rows))
    return undefined;
  return { rows, columns, rowHead: String, cell: (i, column) => (record[column] as ArrayLike<unknown>)[i] };
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return (Array.isArray(value) && !types.isProxy(value)) || types.isTypedArray(value);
}

/** A table of which most cells are objects says less than the objects written out. */
function isReadable(table: Table): boolean {
  const rows = shownRows(table.rows).filter((i) => i >= 0);
  const columns = table.columns.slice(0, mostColumns);
  const objects = rows.reduce((sum, i) => sum + columns.filter((column) => isDeep(table.cell(i, column))).length, 0);
  return objects <= (rows.length * columns.length) / 2;
}

function isDeep(value: unknown): boolean {
  return typeof value === "object" && value !== null && !types.isDate(value);
}

function shownRows(rows: number): number[] {
  if (rows <= mostRows) return Array.from({ length: rows }, (_, i) => i);
  const first = Array.from({ length: head }, (_, i) => i);
  return [...first, -1, ...Array.from({ length: tail }, (_, i) => rows - tail + i)];
}

function gridOf(table: Table): { grid: Grid; left: number } {
  const rows = shownRows(table.rows);
  const shown = rows.filter((i) => i >= 0);
  const columns = table.columns.slice(0, mostColumns).map((name) =>
    columnOf(
      name,
      shown.map((i) => table.cell(i, name)),
    ),
  );
  const lines = rows.map((i): GridRow => {
    if (i < 0) return { gap: `… ${counted(table.rows - head - tail, "more row")} of ${count(table.rows)}` };
    return { head: table.rowHead(i), cells: columns.map(({ cells }) => cells[shown.indexOf(i)]!) };
  });
  return { grid: { columns, rows: lines }, left: table.columns.length - columns.length };
}

function columnOf(name: string, values: readonly unknown[]): GridColumn & { cells: string[] } {
  const head = cutLine(name, mostCellCharacters);
  if (values.every(isNumberOrNothing) && values.some((value) => value !== undefined)) {
    return { head, align: "right", cells: numberColumn(values, { digits: 7, leastDecimals: 2, powersFrom: 1e15 }) };
  }
  return { head, align: "left", cells: values.map(cellText) };
}

function isNumberOrNothing(value: unknown): value is number | bigint | undefined {
  return value === undefined || typeof value === "number" || typeof value === "bigint";
}

function cellText(value: unknown): string {
  if (value === undefined) return "";
  if (types.isDate(value)) return dateText(value);
  return cutLine(typeof value === "string" ? value : inlineText(value), mostCellCharacters);
}

/** In world time, without what is zero. */
function dateText(date: Date): string {
  return inlineText(date)
    .replace(/T00:00:00\.000Z$/, "")
    .replace(/\.000Z$/, "Z");
}
