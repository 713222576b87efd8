/** What figures share: one style sheet, one script and Plotly, set into HTML so that nothing is fetched. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { FileError } from "../core/errors.js";

/** Everything after this mark in a figure's HTML is shared. Text in figures is escaped, so it cannot hold the mark. */
const mark = "<!--patchlab:shared-->";
const plotlyStart = "<!--patchlab:plotly-->";
const plotlyEnd = "<!--/patchlab:plotly-->";

/** A figure that stands alone in a notebook's output. */
export function standalone(markup: string): string {
  const plotly = needsPlotly(markup) ? plotlyBlock() : "";
  return `<div class="patchlab-root">${markup}${mark}${styles()}${plotly}${script()}</div>`;
}

/** The figure alone, without what a page brings once for all of them. */
export function bareMarkup(html: string): string {
  const end = html.indexOf(mark);
  return end < 0 ? html : html.slice('<div class="patchlab-root">'.length, end);
}

/** The same figure for a place where an earlier one has brought Plotly. */
export function withoutPlotly(html: string): string {
  const start = html.indexOf(plotlyStart);
  if (start < 0) return html;
  return html.slice(0, start) + html.slice(html.indexOf(plotlyEnd, start) + plotlyEnd.length);
}

/** Whether a figure draws with Plotly. */
export function needsPlotly(html: string): boolean {
  return /<figure class="patchlab"[^>]* data-plotly>/.test(html);
}

/** The style sheet of figures and pages. */
export function styles(): string {
  return `<style>${built("page/page.css")}</style>`;
}

/** The script that brings figures to life. */
export function script(): string {
  return `<script>${built("page/page.js")}</script>`;
}

/** Plotly, compressed; the script unpacks it when a figure first needs it. */
export function plotlyBlock(): string {
  return `${plotlyStart}<script type="application/gzip" class="patchlab-plotly">${plotly()}</script>${plotlyEnd}`;
}

const files = new Map<string, string>();

function built(name: string): string {
  let text = files.get(name);
  if (text === undefined) {
    const path = fileURLToPath(new URL(name, import.meta.url));
    try {
      text = readFileSync(path, "utf8");
    } catch (cause) {
      throw new FileError(path, "is missing: run `npm run build`", { cause });
    }
    files.set(name, text);
  }
  return text;
}

let packed: string | undefined;

function plotly(): string {
  packed ??= gzipSync(readFileSync(createRequire(import.meta.url).resolve("plotly.js-gl2d-dist-min")), {
    level: 9,
  }).toString("base64");
  return packed;
}
