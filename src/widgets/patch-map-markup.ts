/** The patch map figure's HTML: the histogram with its slider, and a row of tiles for each picture. */
import type { Histogram } from "../core/features/histogram.js";
import { histogramBars } from "./histogram.js";
import { maskShare } from "./layers.js";
import { escapeHtml, fold, inSequence } from "./markup.js";
import { magmaGradient } from "./palette.js";
import { patchCount } from "./patch-map-data.js";
import type { PatchMapEntry, PatchMapRow } from "./patch-map-figure.js";
import { count, counted, decimal, percent } from "./wording.js";

/** The histogram, the slider under it and what both say. */
export function panelMarkup(histogram: Histogram, maps: readonly PatchMapEntry[], threshold: number): string {
  const { edges } = histogram;
  const mask = maps.map((map) => map.mask);
  const total = patchCount(maps);
  const share = mask.reduce((sum, m) => sum + maskShare(m) * m.length, 0) / total;
  const bars = histogramBars(histogram, threshold, 400, 100);
  return (
    `<div class="pl-panel"><div class="pl-panel-head">Patches by first component</div>` +
    `<div class="pl-histogram" role="img" aria-label="Histogram of the first component of ${count(total)} patches">` +
    `<svg viewBox="0 0 400 100" preserveAspectRatio="none" aria-hidden="true">${bars}</svg></div>` +
    `<label class="pl-slider"><span class="pl-sr">Threshold of the first component</span>` +
    `<input type="range" min="${edges[0]}" max="${edges[edges.length - 1]}" step="0.005" value="${threshold}"></label>` +
    `<div class="pl-ends"><span>0 background</span><span>foreground 1</span></div>` +
    `<p class="pl-reading">Threshold <output class="pl-value" aria-live="off">${decimal(threshold)}</output>` +
    `<span class="pl-share">${percent(share)} of patches are foreground</span></p>` +
    `<div class="pl-tools"><button type="button" class="pl-reset" disabled>Back to ${decimal(threshold)}</button>` +
    `<label><input type="checkbox" class="pl-smooth"> Smooth</label></div></div>`
  );
}

/** One row a picture under a row of headings; rows past `open` fold. */
export function tableMarkup(rows: readonly PatchMapRow[], open: number): string {
  const heads =
    `<div class="pl-row pl-heads" aria-hidden="true"><span>Picture</span><span>First component` +
    `<i class="pl-bar"><b>0</b><i style="background:${magmaGradient}"></i><b>1</b></i></span>` +
    `<span>Foreground</span><span>Part colours</span></div>`;
  const markup = rows.map((row) => rowMarkup(row));
  const all = fold(markup, open, inSequence, (n) => counted(n, "more picture"));
  return `<div class="pl-maps" style="--pl-ratio:${tileRatio(rows)}">${heads}${all}</div>`;
}

/** Tiles have the pictures' own shape where all share it, and are square otherwise. */
function tileRatio(rows: readonly PatchMapRow[]): number {
  const ratios = rows.map((row) => ratioOf(row));
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)];
  return most / least < 1.02 ? ratios[0] : 1;
}

/** Width over height of what the model saw. */
function ratioOf({ map, picture }: PatchMapRow): number {
  const ratio = picture ? picture.width / picture.height : map.cols / map.rows;
  return Math.round(ratio * 1000) / 1000;
}

function rowMarkup(row: PatchMapRow): string {
  const { map, name, picture, heat, dim, parts } = row;
  const label = escapeHtml(name);
  const fit = `<div class="pl-fit" style="--pl-own:${ratioOf(row)}">`;
  const original = picture ? `<img src="${picture.uri}" alt="${label}">` : "";
  const under = picture ? `<img src="${picture.uri}" alt="">` : "";
  const layer = (kind: string, uri: string, alt: string): string =>
    `<img class="pl-layer" data-layer="${kind}" src="${uri}" alt="${alt}">`;
  const tile = (content: string, note: string): string =>
    `<div class="pl-cell"><div class="pl-tile">${fit}${content}</div></div>` +
    `<div class="pl-note">${note}</div></div>`;
  return (
    `<div class="pl-row" role="group" aria-label="${label}">` +
    tile(
      original || `<span class="pl-missing">${label}</span>`,
      `<span class="pl-name" title="${label}">${label}</span>`,
    ) +
    tile(layer("heat", heat, `first component of ${label}`), `${map.rows} × ${map.cols} patches`) +
    tile(
      under + layer("dim", dim, `foreground of ${label}`),
      `<span class="pl-mask-share">${percent(maskShare(map.mask))}</span> foreground`,
    ) +
    `${tile(layer("parts", parts, `part colours of ${label}`), "")}</div>`
  );
}
