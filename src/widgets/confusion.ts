/** What was taken for what: the confusion matrix as a heat table, and its largest entries in words. */
import type { ClassificationReport } from "../core/evaluate/classification-report.js";
import { escapeHtml } from "./markup.js";
import { magmaHex, textOn } from "./palette.js";
import { contentWidth, type Drawing, fitText, ink, svgText } from "./svg.js";
import { count } from "./wording.js";

/** More classes than this make a table that nobody reads at a glance. */
export const mostOpenClasses = 16;
/** More than this are too many for a table at all. */
export const mostClasses = 60;

export interface Confusion {
  readonly truth: string;
  readonly predicted: string;
  readonly rows: number;
}

/** Classes that were taken for another, the most frequent first, equals by class. */
export function confusions({ classes, confusion }: ClassificationReport): Confusion[] {
  const n = classes.length;
  const all = Array.from(confusion, (rows, i) => ({ t: Math.floor(i / n), p: i % n, rows }));
  return all
    .filter(({ t, p, rows }) => t !== p && rows > 0)
    .sort((a, b) => b.rows - a.rows)
    .map(({ t, p, rows }) => ({ truth: classes[t], predicted: classes[p], rows }));
}

/** "shirt for t-shirt 4, skirt for dress 2" */
export function confusionWords(report: ClassificationReport, most: number): string {
  const all = confusions(report);
  const words = all.slice(0, most).map(({ truth, predicted, rows }) => `${truth} for ${predicted} ${count(rows)}`);
  return `${words.join(", ")}${all.length > most ? ", …" : ""}`;
}

interface Heat {
  readonly ground: string;
  readonly text: string;
}

/** Strong is much: towards dark on a light page, towards light on a dark one. */
const light = (share: number): Heat => heat(magmaHex(0.96 - 0.72 * share));
const dark = (share: number): Heat => heat(magmaHex(0.16 + 0.78 * share));

function heat(ground: string): Heat {
  return { ground, text: textOn(ground) };
}

export function confusionMarkup({ classes, confusion, perClass }: ClassificationReport): string {
  const n = classes.length;
  const upright = n > 6 || classes.some((name) => name.length > 8) ? ' class="pl-upright"' : "";
  const heads = classes.map((name) => `<th scope="col"${upright}><span>${escapeHtml(name)}</span></th>`).join("");
  const rows = classes.map((name, t) => {
    const cells = classes.map((_, p) => cellMarkup(confusion[t * n + p], perClass[t].support));
    return `<tr><th scope="row">${escapeHtml(name)}</th>${cells.join("")}</tr>`;
  });
  const stops = [0, 0.25, 0.5, 0.75, 1].map((share) => themed(light(share).ground, dark(share).ground));
  return (
    `<div class="pl-heads"><span>What was taken for what<i class="pl-bar"><b>0</b><i style="background:linear-gradient(90deg,${stops.join(",")})"></i>` +
    `<b>100 % of the row</b></i></span></div><div class="pl-scroll"><table class="pl-table pl-confusion"><thead><tr>` +
    `<td>is \u2193 taken for \u2192</td>${heads}</tr></thead><tbody>${rows.join("")}</tbody></table></div>`
  );
}

function cellMarkup(rows: number, support: number): string {
  if (rows === 0) return "<td></td>";
  const [day, night] = [light(rows / support), dark(rows / support)];
  const style = `background:${themed(day.ground, night.ground)};color:${themed(day.text, night.text)}`;
  return `<td style="${style}">${count(rows)}</td>`;
}

function themed(day: string, night: string): string {
  return `light-dark(${day},${night})`;
}

const nameWidth = 130;

export function drawConfusion({ classes, confusion, perClass }: ClassificationReport): Drawing {
  const n = classes.length;
  const cell = Math.min(44, (contentWidth - nameWidth) / n);
  const [top, tall] = [92, Math.min(24, cell)];
  const heads = classes.map((name, p) => {
    const [x, y] = [nameWidth + (p + 0.5) * cell + 4, top - 6];
    return `<g transform="rotate(-90 ${x} ${y})">${svgText(fitText(name, 74, 11), x, y, { size: 11, colour: ink.muted })}</g>`;
  });
  const rows = classes.map((name, t) => {
    const y = top + t * tall;
    const cells = classes.map((_, p) => {
      const rowsHere = confusion[t * n + p];
      const x = nameWidth + p * cell;
      // a class without pictures has no shares
      const { ground, text } = light(rowsHere === 0 ? 0 : rowsHere / perClass[t].support);
      const box = (fill: string): string =>
        `<rect x="${x}" y="${y}" width="${cell - 1}" height="${tall - 1}" fill="${fill}"/>`;
      return rowsHere === 0
        ? box(ink.surface)
        : box(ground) +
            svgText(count(rowsHere), x + cell / 2, y + tall / 2 + 4, { size: 11, colour: text, anchor: "middle" });
    });
    return svgText(fitText(name, nameWidth - 10), nameWidth - 10, y + tall / 2 + 4, { anchor: "end" }) + cells.join("");
  });
  const words = svgText("is \u2193 taken for \u2192", nameWidth - 10, top - 6, {
    size: 11,
    colour: ink.muted,
    anchor: "end",
  });
  const title = svgText("What was taken for what", 0, 14, { weight: 600 });
  return { elements: title + heads.join("") + words + rows.join(""), height: top + n * tall };
}
