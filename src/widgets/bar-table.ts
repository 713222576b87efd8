/** Tables with bars on one common axis from 0 to 1: the same rows as HTML and as a still picture. */
import { escapeHtml, fold } from "./markup.js";
import { contentWidth, type Drawing, fitText, ink, stacked, svgLines, svgText } from "./svg.js";

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

const line = 20;
/** between numbers at the right of their column and what follows at the left of its own */
const inset = 14;

/** @param most rows of a group that are drawn; `rest` says how many are not */
export function drawBarTable(
  { columns, groups }: BarTable,
  most: number = Number.POSITIVE_INFINITY,
  rest: (n: number) => string = String,
): Drawing {
  const places = starts(columns);
  const head = columns.map((column, i) => headDrawing(column, places[i])).join("");
  const rule = `<path d="M0 ${line}H${contentWidth}" stroke="${ink.line}"/>`;
  return stacked(
    [
      { elements: head + rule, height: line },
      ...groups.map((group) => groupDrawing(group, columns, places, most, rest)),
    ],
    8,
  );
}

function starts(columns: readonly BarColumn[]): number[] {
  let x = 0;
  return columns.map(({ width }) => {
    x += width;
    return x - width;
  });
}

function headDrawing({ head, width, kind }: BarColumn, x: number): string {
  const style = { size: 11, colour: ink.muted };
  if (kind === "bar")
    return (
      svgText("0", x + inset, 13, style) +
      svgText("50", x + (inset + width) / 2, 13, { ...style, anchor: "middle" }) +
      svgText("100 %", x + width, 13, { ...style, anchor: "end" })
    );
  if (x === 0) return svgText(head, 0, 13, style);
  return kind === "words"
    ? svgText(fitText(head, width - inset, 11), x + inset, 13, style)
    : svgText(fitText(head, width, 11), x + width, 13, { ...style, anchor: "end" });
}

function groupDrawing(
  { head, rows, notes = [] }: BarGroup,
  columns: readonly BarColumn[],
  places: readonly number[],
  most: number,
  rest: (n: number) => string,
): Drawing {
  const shown = rows.slice(0, most);
  const title = head === undefined ? [] : [{ elements: svgText(head, 0, 14, { weight: 600 }), height: line }];
  const lines = shown.map((row) => ({
    elements: row.map((cell, i) => cellDrawing(cell, columns[i], places[i])).join(""),
    height: line,
  }));
  const left = rows.length - shown.length;
  const more = left > 0 ? [{ elements: svgText(rest(left), 0, 14, { colour: ink.muted }), height: line }] : [];
  const said = notes.map(({ verdict, text }) =>
    svgLines(`${verdict} ${text}`, 0, 14, contentWidth, { size: 11, colour: ink.muted }),
  );
  return stacked([...title, ...lines, ...more, ...said], 0);
}

function cellDrawing(cell: BarCell, { width, kind }: BarColumn, x: number): string {
  if (typeof cell !== "string" && "share" in cell) return drawBar(cell, x + inset, 3, width - inset);
  const { text, small, dot } = typeof cell === "string" ? { text: cell } : (cell as TextCell);
  const whole = small === undefined ? text : `${text}  ${small}`;
  const mark = dot === undefined ? "" : `<circle cx="4" cy="10" r="4" fill="${dot}"/>`;
  if (x === 0) return mark + svgText(fitText(whole, width - (dot ? 14 : 4)), dot ? 14 : 0, 14);
  return kind === "words"
    ? svgText(fitText(whole, width - inset, 11), x + inset, 14, { size: 11, colour: ink.muted })
    : svgText(whole, x + width, 14, { anchor: "end" });
}

/** A bar of 12 units' height. */
export function drawBar(
  { share, low, high, limit, colour = ink.accent }: ShareBar,
  x: number,
  y: number,
  width: number,
): string {
  const at = (value: number): number => Math.round(10 * (x + width * value)) / 10;
  const bar = Number.isFinite(share)
    ? `<rect x="${x}" y="${y}" width="${Math.round(10 * width * share) / 10}" height="12" fill="${colour}" fill-opacity=".55"/>`
    : "";
  const whisker =
    low === undefined || high === undefined
      ? ""
      : `<path d="M${at(low)} ${y + 6}H${at(high)}M${at(low)} ${y + 2}v8M${at(high)} ${y + 2}v8" stroke="${ink.text}" stroke-width="1.5"/>`;
  const dashes =
    limit === undefined ? "" : `<path d="M${at(limit)} ${y - 3}v18" stroke="${ink.text}" stroke-dasharray="2 2"/>`;
  return `<rect x="${x}" y="${y}" width="${width}" height="12" fill="${ink.surface}"/>${bar}${dashes}${whisker}`;
}
