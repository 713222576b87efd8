/** Attention maps as a still picture. */
import type { AttentionRow } from "./attention-figure.js";
import { type MapTile, tileDrawing } from "./map-tile.js";
import { contentWidth, type Drawing, ink, svgText } from "./svg.js";
import { counted } from "./wording.js";

const maxRows = 2;
const maxMaps = 32;
const gap = 12;
const pictureSide = 190;
const mapsLeft = pictureSide + 24;

/** Up to two pictures, each beside its maps. */
export async function drawAttention(rows: readonly AttentionRow[]): Promise<Drawing> {
  let elements = "";
  let y = 0;
  for (const { seen, maps } of rows.slice(0, maxRows)) {
    const left = await drawGrid(seen, 0, y, pictureSide, 1);
    const columns = maps.length > 10 ? 5 : 4;
    const side = (contentWidth - mapsLeft - (columns - 1) * gap) / columns;
    const right = await drawGrid(maps.slice(0, maxMaps), mapsLeft, y, side, columns);
    elements += left.elements + right.elements;
    y += Math.max(left.height, right.height) + 14;
    if (maps.length > maxMaps) {
      elements += svgText(`and ${counted(maps.length - maxMaps, "more head")}`, mapsLeft, y, { colour: ink.muted });
      y += 20;
    }
  }
  if (rows.length > maxRows) {
    elements += svgText(`and ${counted(rows.length - maxRows, "more picture")}`, 0, y + 4, { colour: ink.muted });
    y += 20;
  }
  return { elements, height: y - 14 };
}

async function drawGrid(
  tiles: readonly MapTile[],
  left: number,
  top: number,
  side: number,
  columns: number,
): Promise<Drawing> {
  const drawn = await Promise.all(tiles.map((tile) => tileDrawing(tile, 0, 0, side)));
  const line = Math.max(...drawn.map(({ height }) => height)) + 2;
  const elements = drawn.map((tile, i) => {
    const [x, y] = [left + (i % columns) * (side + gap), top + Math.floor(i / columns) * line];
    return `<g transform="translate(${x} ${y})">${tile.elements}</g>`;
  });
  return { elements: elements.join(""), height: Math.ceil(tiles.length / columns) * line };
}
