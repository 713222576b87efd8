/** Search results as a still picture. */
import type { Region } from "../core/picture.js";
import { boxPath, outlinesDrawing } from "./map-tile.js";
import type { Drawn, HitLike, QueryLike, RetrievalRow } from "./retrieval-grid.js";
import { contentWidth, type Drawing, fitText, ink, svgImage, svgText } from "./svg.js";
import type { Thumbnail } from "./thumbnail.js";
import { abovePairs, decimal } from "./wording.js";

const columns = 6;
const gap = 12;
const between = 24;
const tile = (contentWidth - between - (columns - 1) * gap) / (columns + 1);
/** what stands below a tile */
const words = 44;
/** the two lines that say how a hit stands among random pairs */
const rankWords = 26;
const maxQueries = 4;

/** Up to four queries with up to twelve hits each. */
export function drawRetrieval(rows: readonly RetrievalRow[], unit: string): Drawing {
  const ranked = rows.some(({ hits }) => hits.some((hit) => hit.item.percentile !== undefined));
  const line = tile + words + (ranked ? rankWords : 0);
  let elements = "";
  let y = 0;
  for (const { query, hits, box } of rows.slice(0, maxQueries)) {
    if (y > 0) {
      elements += `<line x2="${contentWidth}" y1="${y - 10}" y2="${y - 10}" stroke="${ink.line}"/>`;
      y += 6;
    }
    elements += drawItem(query, 0, y, "query", { outline: true, ...(box ? { box } : {}) });
    const shown = hits.slice(0, 2 * columns);
    shown.forEach((hit, i) => {
      const x = tile + between + (i % columns) * (tile + gap);
      elements += drawItem(hit, x, y + Math.floor(i / columns) * line, `${decimal(hit.item.similarity)} ${unit}`, {
        dot: query.item.label !== undefined && hit.item.label === query.item.label,
        rank: hit.item.percentile,
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
  { outline = false, dot = false, rank, box }: { outline?: boolean; dot?: boolean; rank?: number; box?: Region },
): string {
  const image = picture
    ? svgImage(picture.uri, x, y, tile, tile)
    : svgText(fitText(name, tile, 10), x + 4, y + 20, { size: 10 });
  const asked = picture && box ? outlinesDrawing(boxIn(box, picture, x, y)) : "";
  const frame = outline
    ? `<rect x="${x - 3}" y="${y - 3}" width="${tile + 6}" height="${tile + 6}" fill="none" stroke="${ink.accent}" stroke-width="2"/>`
    : "";
  // "above 99 % of random pairs" in two lines, as narrow as a tile
  const ranked = rank === undefined ? [] : abovePairs(rank).split(/ (?=of |random pair$)/);
  const ranks = ranked.map((text, i) => svgText(text, x, y + tile + 28 + 13 * i, { size: 10.5, colour: ink.muted }));
  const below = y + tile + 28 + 13 * ranks.length;
  const mark = dot ? `<circle cx="${x + 4}" cy="${below - 3.5}" r="3.5" fill="${ink.accent}"/>` : "";
  const left = dot ? x + 12 : x;
  return (
    `<rect x="${x}" y="${y}" width="${tile}" height="${tile}" fill="${ink.surface}"/>${image}${asked}${frame}${mark}` +
    svgText(head, x, y + tile + 15, { size: 11, weight: 600, ...(outline ? { colour: ink.accent } : {}) }) +
    ranks.join("") +
    svgText(fitText(item.label ?? name, tile - 12, 10.5), left, below, { size: 10.5, colour: ink.muted })
  );
}

/** Path data of a box, in shares of a picture that lies in a tile without being stretched. */
function boxIn(box: Region, { width, height }: Thumbnail, x: number, y: number): string {
  const scale = tile / Math.max(width, height);
  const [across, down] = [width * scale, height * scale];
  return boxPath(box, x + (tile - across) / 2, y + (tile - down) / 2, across, down);
}
