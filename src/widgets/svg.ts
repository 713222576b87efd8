/**
 * Draws a figure as a PNG through SVG. Where a machine has no fonts the words vanish, so a drawing's layout has to
 * carry its meaning: order, size, outlines.
 */
import sharp from "sharp";
import { escapeXml } from "./markup.js";

/** SVG elements with the height that they take, drawn in `contentWidth` units of width. */
export interface Drawing {
  elements: string;
  height: number;
}

/** Units of width that a drawing can use. */
export const contentWidth = 720;

/** The colours of still pictures: the light ones of pages. */
export const ink = { text: "#1c1d1f", muted: "#66696e", line: "#dfe1e4", surface: "#f4f5f6", accent: "#b84d00" };

const fonts = "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";
const margin = 24;
/** pixels a unit: enough for screens with two pixels to one where a picture is shown smaller than it is */
const density = 1.6;

/** A line of text. `anchor` says which part of it lies at x. */
export function svgText(
  text: string,
  x: number,
  y: number,
  style: { size?: number; colour?: string; anchor?: "start" | "middle" | "end"; weight?: number } = {},
): string {
  const { size = 12, colour = ink.text, anchor = "start", weight = 400 } = style;
  return (
    `<text x="${x}" y="${y}" font-size="${size}" fill="${colour}" text-anchor="${anchor}" font-weight="${weight}">` +
    `${escapeXml(text)}</text>`
  );
}

/** A place to the tenth of a unit, which is finer than any screen shows. */
export function round(value: number): number {
  return Math.round(10 * value) / 10;
}

/** A picture laid into a box without stretching it. */
export function svgImage(uri: string, x: number, y: number, width: number, height: number): string {
  return `<image href="${uri}" x="${x}" y="${y}" width="${width}" height="${height}" preserveAspectRatio="xMidYMid meet"/>`;
}

/** The text cut to what fits into `width` units. */
export function fitText(text: string, width: number, size = 12): string {
  const room = Math.floor(width / (size * 0.54));
  const characters = Array.from(text);
  return characters.length <= room ? text : `${characters.slice(0, Math.max(1, room - 1)).join("")}…`;
}

/** Heading, drawing and caption under each other as a PNG in base64. */
export async function drawPng(drawing: Drawing, title: string | undefined, caption: string): Promise<string> {
  let y = margin;
  let elements = "";
  if (title) {
    elements += svgText(fitText(title, contentWidth, 18), 0, y + 10, { size: 18, weight: 600 });
    y += 34;
  }
  elements += `<g transform="translate(0 ${y})">${drawing.elements}</g>`;
  y += drawing.height + 26;
  for (const line of wrapText(caption, contentWidth)) {
    elements += svgText(line, 0, y, { colour: ink.muted });
    y += 17;
  }
  const [width, height] = [contentWidth + 2 * margin, Math.ceil(y + margin / 2)];
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.round(width * density)}" height="${Math.round(height * density)}" ` +
    `viewBox="${-margin} 0 ${width} ${height}" font-family="${fonts}">` +
    `<rect x="${-margin}" width="${width}" height="${height}" fill="#ffffff"/>${elements}</svg>`;
  const png = await sharp(Buffer.from(svg), { unlimited: true })
    .removeAlpha()
    .png({ palette: true, effort: 4 })
    .toBuffer();
  return png.toString("base64");
}

/** Lines of at most `width` units, by the average width of a letter. */
export function wrapText(text: string, width: number, size = 12): string[] {
  const room = Math.floor(width / (size * 0.5));
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line && line.length + word.length + 1 > room) {
      lines.push(line);
      line = "";
    }
    line = line ? `${line} ${word}` : word;
  }
  return line ? [...lines, line] : lines;
}

/** A text over several lines from y on, with the height that it takes. */
export function svgLines(
  text: string,
  x: number,
  y: number,
  width: number,
  style: Parameters<typeof svgText>[3] = {},
): Drawing {
  const { size = 12 } = style;
  const step = Math.round(1.4 * size);
  const lines = wrapText(text, width, size);
  return {
    elements: lines.map((line, i) => svgText(line, x, y + i * step, style)).join(""),
    height: lines.length * step,
  };
}

/** Drawings under each other. */
export function stacked(drawings: readonly Drawing[], gap = 14): Drawing {
  let height = 0;
  const elements = drawings.map((drawing) => {
    const top = height === 0 ? 0 : height + gap;
    height = top + drawing.height;
    return `<g transform="translate(0 ${top})">${drawing.elements}</g>`;
  });
  return { elements: elements.join(""), height };
}
