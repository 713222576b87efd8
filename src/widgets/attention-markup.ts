/** The attention figure's HTML: a row a picture, with what was seen at the left and the maps at the right. */
import type { AttentionRow } from "./attention-figure.js";
import { tileMarkup } from "./map-tile.js";
import { escapeHtml, fold, inSequence } from "./markup.js";
import { magmaGradient } from "./palette.js";
import { counted } from "./wording.js";

/** Rows past `open` fold. */
export async function attentionMarkup(rows: readonly AttentionRow[], open: number): Promise<string> {
  const markup = await Promise.all(rows.map(rowMarkup));
  return fold(markup, open, inSequence, (n) => counted(n, "more picture"));
}

async function rowMarkup({ name, seen, maps }: AttentionRow): Promise<string> {
  const [left, right] = await Promise.all([seen, maps].map((tiles) => Promise.all(tiles.map(tileMarkup))));
  // about two lines of maps for 6 heads, three for 16: as high as the two pictures beside them
  const columns = Math.min(maps.length, Math.ceil(Math.sqrt(2 * maps.length)));
  return (
    `<section class="pl-attended" aria-label="${escapeHtml(name)}" style="--pl-ratio:${seen[0].ratio};--pl-columns:${columns};--pl-few:${Math.min(4, maps.length)}">` +
    `<div class="pl-seen"><div class="pl-heads">Picture</div>${left.join("")}</div>` +
    `<div class="pl-attention"><div class="pl-heads"><span>Attention to each patch` +
    `<i class="pl-bar"><b>0</b><i style="background:${magmaGradient}"></i><b>largest of each map</b></i></span></div>` +
    `<div class="pl-head-maps">${right.join("")}</div></div></section>`
  );
}
