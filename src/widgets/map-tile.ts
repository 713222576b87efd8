/** A tile of a figure: a picture, a layer of patches over it, outlined patches and notes; in pages and in still pictures. */
import type { Region } from "../core/picture.js";
import type { Layer } from "./layers.js";
import { escapeHtml } from "./markup.js";
import { numberStyle } from "./palette.js";
import { type Drawing, fitText, ink, svgImage, svgText } from "./svg.js";
import { layerUri, type Thumbnail } from "./thumbnail.js";

export interface MapTile {
  /** what it shows; written out where there is nothing to draw */
  name: string;
  /** width over height of what the model saw */
  ratio: number;
  picture?: Thumbnail;
  /** one pixel a patch, over the picture */
  layer?: { pixels: Layer; rows: number; cols: number };
  /** patches with an outline, by their index row by row */
  outlined?: { patches: readonly number[]; rows: number; cols: number };
  /** a box with an outline, in shares of the tile's width and height */
  box?: Region;
  /** numbered places, in shares of the tile's width and height; a number has the same colour in every tile */
  marks?: readonly { number: number; x: number; y: number }[];
  /** lines below, the first in the text's colour */
  notes: readonly string[];
}

/** Width over height of a picture as the model saw it, or of its patches. */
export function ratioOf(picture: Thumbnail | undefined, rows: number, cols: number): number {
  const ratio = picture ? picture.width / picture.height : cols / rows;
  return Math.round(ratio * 1000) / 1000;
}

/** Tiles have the pictures' own shape where all share it, and are square otherwise. */
export function commonRatio(ratios: readonly number[]): number {
  return Math.max(...ratios) / Math.min(...ratios) < 1.02 ? ratios[0] : 1;
}

/** The tile's HTML; an element around it says by `--pl-ratio` which shape tiles have. */
export async function tileMarkup({
  name,
  ratio,
  picture,
  layer,
  outlined,
  box,
  marks,
  notes,
}: MapTile): Promise<string> {
  const label = escapeHtml(name);
  const parts = [
    picture ? `<img src="${picture.uri}" alt="${layer ? "" : label}">` : "",
    layer ? `<img class="pl-layer" src="${await layerUri(layer.pixels, layer.cols, layer.rows)}" alt="${label}">` : "",
    picture || layer ? "" : `<span class="pl-missing">${label}</span>`,
    outlined ? outlinesMarkup(squares(outlined.patches, outlined.cols, 0, 0, 1, 1), outlined) : "",
    box ? outlinesMarkup(boxPath(box, 0, 0, 100, 100), { cols: 100, rows: 100 }) : "",
    marks ? marksMarkup(marks) : "",
  ];
  const lines = notes.map((note, i) => {
    const text = escapeHtml(note);
    return i === 0 ? `<span class="pl-name pl-label" title="${text}">${text}</span>` : `<span>${text}</span>`;
  });
  return (
    `<div class="pl-cell"><div class="pl-tile"><div class="pl-fit" style="--pl-own:${ratio}">${parts.join("")}</div></div>` +
    `<div class="pl-note">${lines.join("")}</div></div>`
  );
}

/** A dark line under a light one shows on any ground. */
export function outlinesMarkup(
  data: string,
  { cols, rows }: { cols: number; rows: number },
  fit: "none" | "xMidYMid" = "none",
): string {
  const path = `<path d="${data}"/>`;
  return `<svg class="pl-outlines" viewBox="0 0 ${cols} ${rows}" preserveAspectRatio="${fit}" aria-hidden="true">${path}${path}</svg>`;
}

function marksMarkup(marks: NonNullable<MapTile["marks"]>): string {
  const places = marks.map(({ number, x, y }) => {
    const { colour, text } = numberStyle(number);
    return `<b style="--pl-x:${percentOf(x)};--pl-y:${percentOf(y)};background:${colour};color:${text}">${number}</b>`;
  });
  return `<div class="pl-marks">${places.join("")}</div>`;
}

function percentOf(share: number): string {
  return `${Math.round(share * 1000) / 10}%`;
}

const noteSize = 11;
const markRadius = 8.5;
const noteLine = 14;

/** The tile in a square of `side` units, or what of the square its shape takes, with its notes. */
export async function tileDrawing(tile: MapTile, x: number, y: number, side: number): Promise<Drawing> {
  const { ratio, picture, layer, outlined, box, marks = [], notes, name } = tile;
  const [width, height] = ratio < 1 ? [side * ratio, side] : [side, side / ratio];
  const left = x + (side - width) / 2;
  let elements = `<rect x="${left}" y="${y}" width="${width}" height="${height}" fill="${ink.surface}"/>`;
  if (picture) elements += svgImage(picture.uri, left, y, width, height);
  if (layer) {
    // enlarged here: renderers of SVG smooth what they enlarge
    const uri = await layerUri(
      layer.pixels,
      layer.cols,
      layer.rows,
      Math.ceil((2 * side) / Math.max(layer.cols, layer.rows)),
    );
    elements += svgImage(uri, left, y, width, height).replace("xMidYMid meet", "none");
  }
  if (!picture && !layer) elements += svgText(fitText(name, width, noteSize), left + 4, y + 16, { size: noteSize });
  if (outlined)
    elements += outlinesDrawing(
      squares(outlined.patches, outlined.cols, left, y, width / outlined.cols, height / outlined.rows),
    );
  if (box) elements += outlinesDrawing(boxPath(box, left, y, width, height));
  for (const { number, x: across, y: down } of marks)
    elements += markDrawing(number, left + whole(across * width, width), y + whole(down * height, height));
  notes.forEach((note, i) => {
    const colour = i === 0 ? ink.text : ink.muted;
    elements += svgText(fitText(note, side, noteSize), x, y + height + noteLine * (i + 1), { size: noteSize, colour });
  });
  return { elements, height: height + noteLine * notes.length + 10 };
}

export function outlinesDrawing(path: string): string {
  return (
    `<path d="${path}" fill="none" stroke="#000000" stroke-width="2.2"/>` +
    `<path d="${path}" fill="none" stroke="#ffffff" stroke-width="1"/>`
  );
}

/** The nearest place where a mark is not cut by the tile's border. */
function whole(place: number, length: number): number {
  return Math.max(markRadius, Math.min(length - markRadius, place));
}

function markDrawing(number: number, x: number, y: number): string {
  const { colour, text } = numberStyle(number);
  return (
    `<circle cx="${x}" cy="${y}" r="${markRadius}" fill="${colour}" stroke="#ffffff" stroke-width="1.4"/>` +
    svgText(String(number), x, y + 3.7, { size: 10.5, weight: 700, anchor: "middle", colour: text })
  );
}

/** Path data of a box given in shares of the width and height. */
export function boxPath(box: Region, left: number, top: number, width: number, height: number): string {
  const n = (value: number): number => Math.round(value * 100) / 100;
  const across = box.width * width;
  return `M${n(left + box.left * width)} ${n(top + box.top * height)}h${n(across)}v${n(box.height * height)}h${-n(across)}z`;
}

/** Path data of the patches' borders. */
function squares(
  patches: readonly number[],
  cols: number,
  left: number,
  top: number,
  width: number,
  height: number,
): string {
  const n = (value: number): number => Math.round(value * 100) / 100;
  return patches
    .map((i) => {
      const [x, y] = [left + (i % cols) * width, top + Math.floor(i / cols) * height];
      return `M${n(x)} ${n(y)}h${n(width)}v${n(height)}h${-n(width)}z`;
    })
    .join("");
}
