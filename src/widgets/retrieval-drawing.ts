/** Search results as a still picture. */
import type { Drawn, HitLike, QueryLike, RetrievalRow } from "./retrieval-grid.js";
import { contentWidth, type Drawing, fitText, ink, svgImage, svgText } from "./svg.js";
import { decimal } from "./wording.js";

const columns = 6;
const gap = 12;
const between = 24;
const tile = (contentWidth - between - (columns - 1) * gap) / (columns + 1);
const line = tile + 44;
const maxQueries = 4;

/** Up to four queries with up to twelve hits each. */
export function drawRetrieval(rows: readonly RetrievalRow[], unit: string): Drawing {
  let elements = "";
  let y = 0;
  for (const { query, hits } of rows.slice(0, maxQueries)) {
    if (y > 0) {
      elements += `<line x2="${contentWidth}" y1="${y - 10}" y2="${y - 10}" stroke="${ink.line}"/>`;
      y += 6;
    }
    elements += drawItem(query, 0, y, "query", { outline: true });
    const shown = hits.slice(0, 2 * columns);
    shown.forEach((hit, i) => {
      const x = tile + between + (i % columns) * (tile + gap);
      elements += drawItem(hit, x, y + Math.floor(i / columns) * line, `${decimal(hit.item.similarity)} ${unit}`, {
        dot: query.item.label !== undefined && hit.item.label === query.item.label,
      });
    });
    y += Math.max(1, Math.ceil(shown.length / columns)) * line;
  }
  if (rows.length > maxQueries) {
    elements += svgText(`and ${rows.length - maxQueries} more`, 0, y + 4, { colour: ink.muted });
    y += 20;
  }
  return { elements, height: y - 10 };
}

function drawItem(
  { item, name, picture }: Drawn<QueryLike | HitLike>,
  x: number,
  y: number,
  head: string,
  { outline = false, dot = false }: { outline?: boolean; dot?: boolean },
): string {
  const image = picture
    ? svgImage(picture.uri, x, y, tile, tile)
    : svgText(fitText(name, tile, 10), x + 4, y + 20, { size: 10 });
  const frame = outline
    ? `<rect x="${x - 3}" y="${y - 3}" width="${tile + 6}" height="${tile + 6}" fill="none" stroke="${ink.accent}" stroke-width="2"/>`
    : "";
  const mark = dot ? `<circle cx="${x + 4}" cy="${y + tile + 24.5}" r="3.5" fill="${ink.accent}"/>` : "";
  const left = dot ? x + 12 : x;
  return (
    `<rect x="${x}" y="${y}" width="${tile}" height="${tile}" fill="${ink.surface}"/>${image}${frame}${mark}` +
    svgText(head, x, y + tile + 15, { size: 11, weight: 600, ...(outline ? { colour: ink.accent } : {}) }) +
    svgText(fitText(item.label ?? name, tile - 12, 10.5), left, y + tile + 28, { size: 10.5, colour: ink.muted })
  );
}
