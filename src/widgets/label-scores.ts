/** Retrieval scores label by label, those found worst first: one line a label, a bar for its mean average precision. */
import type { LabelScores } from "../core/retrieval/evaluate.js";
import { escapeHtml, fold } from "./markup.js";
import { contentWidth, type Drawing, fitText, ink, svgText } from "./svg.js";
import { count, counted, score } from "./wording.js";

/** Labels drawn in the still picture. */
const mostDrawn = 16;

/** The lowest mean average precision first, since it shows where to look. */
export function worstFirst(labels: readonly LabelScores[]): LabelScores[] {
  return [...labels].sort((a, b) => a.meanAveragePrecision - b.meanAveragePrecision);
}

/** Tables of the labels, those past `open` behind a fold. */
export function labelMarkup(labels: readonly LabelScores[], open: number): string {
  const lines = worstFirst(labels).map(lineMarkup);
  const table = (items: readonly string[]): string =>
    `<div class="pl-scroll"><table class="pl-table pl-labels">${headMarkup(labels[0])}<tbody>${items.join("")}</tbody></table></div>`;
  return `<div class="pl-heads">By label, the worst found first</div>${fold(lines, open, table, (n) => counted(n, "more label"))}`;
}

function headMarkup({ precision, recall }: LabelScores): string {
  const ks = (entries: readonly { k: number }[]): string =>
    entries.map(({ k }) => `<th scope="col">${count(k)}</th>`).join("");
  const group = (name: string, entries: readonly unknown[]): string =>
    entries.length === 0 ? "" : `<th scope="colgroup" colspan="${entries.length}">${name} in the first</th>`;
  return (
    `<thead><tr><th scope="col" rowspan="2">label</th><th scope="col" rowspan="2">queries</th>` +
    `<th scope="col" rowspan="2" colspan="2">mean average precision</th>${group("precision", precision)}${group("recall", recall)}</tr>` +
    `<tr>${ks(precision)}${ks(recall)}</tr></thead>`
  );
}

function lineMarkup({ label, queries, meanAveragePrecision, precision, recall }: LabelScores): string {
  const numbers = [...precision, ...recall].map(({ value }) => `<td>${score(value)}</td>`).join("");
  const width = `${Math.round(1000 * meanAveragePrecision) / 10}%`;
  return (
    `<tr><th scope="row">${escapeHtml(String(label))}</th><td>${count(queries)}</td><td>${score(meanAveragePrecision)}</td>` +
    `<td class="pl-meter"><i style="--pl-share:${width}"></i></td>${numbers}</tr>`
  );
}

const line = 18;
const [labelEnd, queriesEnd, scoreEnd] = [170, 230, 290];
const [barStart, barWidth] = [302, 150];

/** The worst found labels as lines of a still picture. */
export function drawLabels(labels: readonly LabelScores[]): Drawing {
  const shown = worstFirst(labels).slice(0, mostDrawn);
  const last = shown[0].precision.length - 1;
  const heads = headDrawing(shown[0], last);
  const lines = shown.map((entry, i) => lineDrawing(entry, last, 34 + i * line)).join("");
  const left = labels.length - shown.length;
  const rest =
    left > 0 ? svgText(`and ${counted(left, "more label")}`, 0, 34 + shown.length * line, { colour: ink.muted }) : "";
  return { elements: heads + lines + rest, height: 24 + (shown.length + (left > 0 ? 1 : 0)) * line };
}

function headDrawing({ precision, recall }: LabelScores, last: number): string {
  const style = { size: 11, colour: ink.muted };
  const k = last < 0 ? "" : count(precision[last].k);
  return (
    svgText("by label, the worst found first", 0, 12, style) +
    svgText("queries", queriesEnd, 12, { ...style, anchor: "end" }) +
    svgText("mean average precision", barStart, 12, style) +
    (k ? svgText(`precision in ${k}`, 600, 12, { ...style, anchor: "end" }) : "") +
    (k && recall[last] ? svgText(`recall in ${k}`, contentWidth, 12, { ...style, anchor: "end" }) : "")
  );
}

function lineDrawing(
  { label, queries, meanAveragePrecision, precision, recall }: LabelScores,
  last: number,
  y: number,
): string {
  const right = { anchor: "end" } as const;
  return (
    svgText(fitText(String(label), labelEnd), 0, y) +
    svgText(count(queries), queriesEnd, y, { ...right, colour: ink.muted }) +
    svgText(score(meanAveragePrecision), scoreEnd, y, right) +
    `<rect x="${barStart}" y="${y - 9}" width="${barWidth}" height="9" fill="${ink.surface}"/>` +
    `<rect x="${barStart}" y="${y - 9}" width="${barWidth * meanAveragePrecision}" height="9" fill="${ink.accent}"/>` +
    (last < 0 ? "" : svgText(score(precision[last].value), 600, y, right)) +
    (recall[last] ? svgText(score(recall[last].value), contentWidth, y, right) : "")
  );
}
