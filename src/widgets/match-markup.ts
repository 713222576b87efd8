/** The match figure's HTML: both pictures with their numbers at the left, their maps at the right. */
import { tileMarkup } from "./map-tile.js";
import type { DrawnMatch } from "./match-tiles.js";
import { magmaGradient } from "./palette.js";

export async function matchMarkup({ marked, heat, low, high }: DrawnMatch): Promise<string> {
  const [pictures, maps] = await Promise.all([marked, heat].map((tiles) => Promise.all(tiles.map(tileMarkup))));
  // tiles of one shape, in which the taller picture takes the width as long as it is not far taller than wide
  const ratio = Math.max(0.8, Math.min(...marked.map((tile) => tile.ratio)));
  const bar = `<i class="pl-bar"><b>${low}</b><i style="background:${magmaGradient}"></i><b>${high}</b></i>`;
  return (
    `<div class="pl-match" style="--pl-ratio:${ratio}">` +
    `<section><div class="pl-heads">The same number, the same look</div><div class="pl-pair">${pictures.join("")}</div></section>` +
    `<section><div class="pl-heads"><span>How well each patch is found in the other${bar}</span></div>` +
    `<div class="pl-pair">${maps.join("")}</div></section></div>`
  );
}
