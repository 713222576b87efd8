/** Patch maps as a still picture. */
import type { Histogram } from "../core/features/histogram.js";
import { histogramBars } from "./histogram.js";
import { dimLayer, heatLayer, maskShare, partLayer } from "./layers.js";
import { magmaColours } from "./palette.js";
import type { PatchMapRow } from "./patch-map-figure.js";
import { contentWidth, type Drawing, fitText, ink, svgImage, svgText } from "./svg.js";
import { layerUri } from "./thumbnail.js";
import { counted, decimal, percent } from "./wording.js";

const gap = 12;
const tile = (contentWidth - 3 * gap) / 4;
const maxRows = 4;

/** Up to four rows of four tiles, the histogram below. */
export async function drawPatchMaps(
  rows: readonly PatchMapRow[],
  histogram: Histogram,
  threshold: number,
): Promise<Drawing> {
  const column = (i: number): number => i * (tile + gap);
  let elements = ["Picture", "First component", "Foreground", "Part colours"]
    .map((head, i) => svgText(head, column(i), 10, { size: 11, colour: ink.muted }))
    .join("");
  elements += colourBar(column(1) + 92, 3);
  let y = 20;
  for (const row of rows.slice(0, maxRows)) {
    const drawn = await drawRow(row, column, y);
    elements += drawn.elements;
    y += drawn.height;
  }
  if (rows.length > maxRows) {
    elements += svgText(`and ${counted(rows.length - maxRows, "more picture")}`, 0, y + 8, { colour: ink.muted });
    y += 24;
  }
  elements += drawHistogram(histogram, threshold, y + 8);
  return { elements, height: y + 112 };
}

async function drawRow(row: PatchMapRow, column: (i: number) => number, y: number): Promise<Drawing> {
  const { map, name, picture } = row;
  const ratio = picture ? picture.height / picture.width : map.rows / map.cols;
  const [width, height] = ratio > 1 ? [tile / ratio, tile] : [tile, tile * ratio];
  const box = (i: number): [number, number, number, number] => [column(i) + (tile - width) / 2, y, width, height];
  // enlarged here: renderers of SVG smooth what they enlarge
  const scale = Math.ceil((2 * tile) / Math.max(map.cols, map.rows));
  const layers = [heatLayer(map.first), dimLayer(map.mask), partLayer(map.rgb, map.mask)];
  const [heat, dim, parts] = await Promise.all(layers.map((layer) => layerUri(layer, map.cols, map.rows, scale)));
  const stretched = (uri: string, i: number): string => svgImage(uri, ...box(i)).replace("xMidYMid meet", "none");
  const back = [0, 1, 2, 3].map((i) => {
    const [x, top, w, h] = box(i);
    return `<rect x="${x}" y="${top}" width="${w}" height="${h}" fill="${ink.surface}"/>`;
  });
  const original = picture ? svgImage(picture.uri, ...box(0)) + svgImage(picture.uri, ...box(2)) : "";
  const notes =
    svgText(fitText(name, tile, 11), column(0), y + height + 15, { size: 11 }) +
    svgText(`${map.rows} × ${map.cols} patches`, column(1), y + height + 15, { size: 11, colour: ink.muted }) +
    svgText(`${percent(maskShare(map.mask))} foreground`, column(2), y + height + 15, { size: 11, colour: ink.muted });
  return {
    elements: back.join("") + original + stretched(heat, 1) + stretched(dim, 2) + stretched(parts, 3) + notes,
    height: height + 30,
  };
}

function colourBar(x: number, y: number): string {
  const stops = magmaColours.map(
    (colour, i) => `<stop offset="${i / (magmaColours.length - 1)}" stop-color="${colour}"/>`,
  );
  return (
    `<defs><linearGradient id="magma">${stops.join("")}</linearGradient></defs>` +
    svgText("0", x, y + 7, { size: 10, colour: ink.muted }) +
    `<rect x="${x + 10}" y="${y}" width="48" height="7" fill="url(#magma)"/>` +
    svgText("1", x + 62, y + 7, { size: 10, colour: ink.muted })
  );
}

function drawHistogram(histogram: Histogram, threshold: number, y: number): string {
  const bars = histogramBars(histogram, threshold, contentWidth, 64)
    .replaceAll('class="pl-above"', `fill="${ink.accent}"`)
    .replaceAll('class="pl-below"', 'fill="#b9bdc3"')
    .replaceAll('class="pl-limit"', `stroke="${ink.text}"`);
  // between the words at either end
  const at = Math.min(contentWidth - 130, Math.max(130, threshold * contentWidth));
  return (
    `<g transform="translate(0 ${y})"><g shape-rendering="crispEdges">${bars}</g><line x2="${contentWidth}" y1="64" y2="64" stroke="${ink.line}"/>` +
    svgText("0 background", 0, 80, { size: 11, colour: ink.muted }) +
    svgText(`threshold ${decimal(threshold)}`, at, 80, { size: 11, anchor: "middle" }) +
    `${svgText("foreground 1", contentWidth, 80, { size: 11, colour: ink.muted, anchor: "end" })}</g>`
  );
}
