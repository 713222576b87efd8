/** Tables with bars as still pictures. */
import type { BarCell, BarColumn, BarGroup, BarTable, ShareBar, TextCell } from "./bar-table.js";
import { contentWidth, type Drawing, fitText, ink, round, stacked, svgLines, svgText } from "./svg.js";

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
  const at = (value: number): number => round(x + width * value);
  const bar = Number.isFinite(share)
    ? `<rect x="${x}" y="${y}" width="${round(width * share)}" height="12" fill="${colour}" fill-opacity=".55"/>`
    : "";
  const whisker =
    low === undefined || high === undefined
      ? ""
      : `<path d="M${at(low)} ${y + 6}H${at(high)}M${at(low)} ${y + 2}v8M${at(high)} ${y + 2}v8" stroke="${ink.text}" stroke-width="1.5"/>`;
  const dashes =
    limit === undefined ? "" : `<path d="M${at(limit)} ${y - 3}v18" stroke="${ink.text}" stroke-dasharray="2 2"/>`;
  return `<rect x="${x}" y="${y}" width="${width}" height="12" fill="${ink.surface}"/>${bar}${dashes}${whisker}`;
}
