/** Tables with bars on one common axis from 0 to 1, as HTML. */
import { escapeHtml, fold } from "./markup.js";

export interface ShareBar {
  /** 0 to 1, or NaN for none */
  readonly share: number;
  /** how sure it is */
  readonly low?: number;
  readonly high?: number;
  /** a dashed line across, such as what chance would reach */
  readonly limit?: number;
  readonly colour?: string;
}

export interface TextCell {
  readonly text: string;
  /** what stands beside it, less loud */
  readonly small?: string;
  /** a dot before it, such as a model's colour */
  readonly dot?: string;
}

export type BarCell = string | TextCell | ShareBar;

export interface BarColumn {
  readonly head: string;
  /** of the still picture's 720 units; the first column's text stands at its left, others' at their right */
  readonly width: number;
  readonly kind?: "bar" | "words";
}

/** A sentence below the rows of a group. */
export interface BarNote {
  readonly verdict: string;
  readonly text: string;
}

export interface BarGroup {
  readonly head?: string;
  readonly rows: readonly (readonly BarCell[])[];
  readonly notes?: readonly BarNote[];
}

export interface BarTable {
  readonly columns: readonly BarColumn[];
  readonly groups: readonly BarGroup[];
}

/** Notes of a group that are open. */
const openNotes = 6;

/** @param open rows of a group that are open; the others fold, named by `summary` */
export function barTableMarkup(
  { columns, groups }: BarTable,
  open: number = Number.POSITIVE_INFINITY,
  summary: (n: number) => string = String,
): string {
  const head = `<thead><tr>${columns.map(headMarkup).join("")}</tr></thead>`;
  const wrap = (body: string): string =>
    `<div class="pl-scroll"><table class="pl-table pl-bars">${head}<tbody>${body}</tbody></table></div>`;
  if (groups.length === 1 && groups[0].head === undefined && !groups[0].notes?.length)
    return fold(groups[0].rows.map(rowMarkup(columns)), open, (rows) => wrap(rows.join("")), summary);
  return wrap(groups.map((group) => groupMarkup(group, columns)).join("</tbody><tbody>"));
}

function headMarkup({ head, kind }: BarColumn): string {
  const axis = `<span class="pl-scale"><span>0</span><span>50</span><span>100 %</span></span>`;
  return kind === "bar"
    ? `<th scope="col" class="pl-share-head" aria-hidden="true">${axis}</th>`
    : `<th scope="col"${kind === "words" ? ' class="pl-words"' : ""}>${escapeHtml(head)}</th>`;
}

function groupMarkup({ head, rows, notes = [] }: BarGroup, columns: readonly BarColumn[]): string {
  const wide = `colspan="${columns.length}"`;
  const title =
    head === undefined ? "" : `<tr class="pl-group"><th scope="rowgroup" ${wide}>${escapeHtml(head)}</th></tr>`;
  const list = (items: readonly string[]): string => `<ul class="pl-verdicts">${items.join("")}</ul>`;
  const said = notes.map(
    ({ verdict, text }) => `<li><strong>${escapeHtml(verdict)}</strong> <span>${escapeHtml(text)}</span></li>`,
  );
  const below =
    notes.length === 0 ? "" : `<tr><td ${wide}>${fold(said, openNotes, list, (n) => `${n} more pairs`)}</td></tr>`;
  return title + rows.map(rowMarkup(columns)).join("") + below;
}

function rowMarkup(columns: readonly BarColumn[]): (row: readonly BarCell[]) => string {
  return (row) => `<tr>${row.map((cell, i) => cellMarkup(cell, i, columns[i])).join("")}</tr>`;
}

function cellMarkup(cell: BarCell, place: number, { kind }: BarColumn): string {
  if (typeof cell !== "string" && "share" in cell)
    return `<td class="pl-share-cell" aria-hidden="true">${barMarkup(cell)}</td>`;
  const { text, small, dot } = typeof cell === "string" ? { text: cell } : (cell as TextCell);
  const mark = dot === undefined ? "" : `<i class="pl-dot" style="--pl-mark:${dot}"></i>`;
  const beside = small === undefined ? "" : ` <small>${escapeHtml(small)}</small>`;
  const content = `${mark}${escapeHtml(text)}${beside}`;
  if (place === 0) return `<th scope="row">${content}</th>`;
  return kind === "words" ? `<td class="pl-words">${content}</td>` : `<td>${content}</td>`;
}

/** A bar alone, as the tables have it. */
export function barMarkup({ share, low, high, limit, colour }: ShareBar): string {
  const whisker =
    low === undefined || high === undefined
      ? ""
      : `<b class="pl-whisker" style="--pl-low:${points(low)};--pl-wide:${points(high - low)}"></b>`;
  const line = limit === undefined ? "" : `<b class="pl-chance" style="--pl-at:${points(limit)}"></b>`;
  const mark = colour === undefined ? "" : `;--pl-mark:${colour}`;
  return `<i class="pl-bar-share" style="--pl-share:${points(share)}${mark}">${whisker}${line}</i>`;
}

function points(share: number): string {
  return `${Number.isFinite(share) ? Math.round(1000 * share) / 10 : 0}%`;
}
