/** A match as a still picture. */
import { tileDrawing } from "./map-tile.js";
import type { DrawnMatch } from "./match-tiles.js";
import { contentWidth, type Drawing, svgText } from "./svg.js";

const gap = 10;
const between = 28;
const head = 22;

/** Both pictures with their numbers, and their maps beside them. */
export async function drawMatch({ marked, heat, low, high }: DrawnMatch): Promise<Drawing> {
  const side = (contentWidth - between - 2 * gap) / 4;
  const lefts = [0, side + gap, 2 * side + gap + between, 3 * side + 2 * gap + between];
  const tiles = await Promise.all([...marked, ...heat].map((tile, i) => tileDrawing(tile, lefts[i], head, side)));
  const heads =
    svgText("The same number, the same look", 0, 12, { size: 11, weight: 600 }) +
    svgText(`How well each patch is found: ${low} dark, ${high} light`, lefts[2], 12, { size: 11, weight: 600 });
  return {
    elements: heads + tiles.map(({ elements }) => elements).join(""),
    height: head + Math.max(...tiles.map(({ height }) => height)),
  };
}
