/** A table of short texts, as HTML and as aligned text. */
import { escapeHtml } from "./html.js";
import { textWidth } from "./text-width.js";

export interface GridColumn {
  readonly head: string;
  readonly align: "left" | "right";
}

/** A row with its head, or a line across all columns that says what is left out. */
export type GridRow = { readonly head: string; readonly cells: readonly string[] } | { readonly gap: string };

export interface Grid {
  readonly columns: readonly GridColumn[];
  readonly rows: readonly GridRow[];
}

/** Characters of a line of text; columns that do not fit are counted instead. */
const widest = 120;

export function gridHtml({ columns, rows }: Grid): string {
  const mark = (i: number): string => (columns[i]!.align === "right" ? ' class="pl-n"' : "");
  const head = columns.map(({ head }, i) => `<th scope="col"${mark(i)}>${escapeHtml(head)}</th>`).join("");
  const body = rows.map((row) => {
    if ("gap" in row) return `<tr class="pl-gap"><td colspan="${columns.length + 1}">${escapeHtml(row.gap)}</td></tr>`;
    const cells = row.cells.map((cell, i) => `<td${mark(i)}>${escapeHtml(minus(cell))}</td>`).join("");
    return `<tr><th scope="row" class="pl-n">${escapeHtml(row.head)}</th>${cells}</tr>`;
  });
  return `<div class="pl-scroll"><table><thead><tr><td></td>${head}</tr></thead><tbody>${body.join("")}</tbody></table></div>`;
}

/** A true minus sign, as wide as the digits. */
function minus(cell: string): string {
  return /^-(?:Infinity|[\d.]+(?:e[+-]?\d+)?)$/.test(cell) ? cell.replace(/-/g, "\u2212") : cell;
}

export function gridText({ columns, rows }: Grid): string {
  const full = rows.filter((row) => "cells" in row);
  const headWidth = full.reduce((most, { head }) => Math.max(most, textWidth(head)), 0);
  const widths = columns.map(({ head }, i) =>
    full.reduce((most, { cells }) => Math.max(most, textWidth(cells[i] ?? "")), textWidth(head)),
  );
  const fitting = countFitting(widths, widest - headWidth);
  const missing = columns.length - fitting;
  const line = (head: string, cells: readonly string[]): string => {
    const shown = cells.slice(0, fitting).map((cell, i) => pad(cell, widths[i]!, columns[i]!.align));
    return [pad(head, headWidth, "right"), ...shown, ...(missing > 0 ? ["…"] : [])].join("  ").trimEnd();
  };
  const heads = columns.map(({ head }) => head);
  const body = rows.map((row) => ("gap" in row ? `${" ".repeat(headWidth)}  ${row.gap}` : line(row.head, row.cells)));
  const note = missing > 0 ? [`… and ${missing} more column${missing === 1 ? "" : "s"}`] : [];
  return [line("", heads), ...body, ...note].join("\n");
}

function countFitting(widths: readonly number[], room: number): number {
  let used = 0;
  for (const [i, width] of widths.entries()) {
    used += width + 2;
    if (used > room) return Math.max(i, 1);
  }
  return widths.length;
}

function pad(text: string, width: number, align: "left" | "right"): string {
  const space = " ".repeat(Math.max(0, width - textWidth(text)));
  return align === "right" ? space + text : text + space;
}
