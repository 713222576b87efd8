/** The token norm figure's HTML: the histogram of all norms, and a pair of tiles for each picture. */
import { histogramBars } from "./histogram.js";
import { commonRatio, tileMarkup } from "./map-tile.js";
import { escapeHtml, fold } from "./markup.js";
import { normHistogram } from "./norm-histogram.js";
import { magmaGradient } from "./palette.js";
import type { NormPair, NormScale, TokenNormsLike } from "./token-norms-figure.js";
import { count, counted, significant } from "./wording.js";

/** Pairs past `open` fold. */
export async function tokenNormsMarkup(
  norms: TokenNormsLike,
  pairs: readonly NormPair[],
  scale: NormScale,
  open: number,
): Promise<string> {
  const ratio = commonRatio(pairs.map(({ tiles }) => tiles[0].ratio));
  const markup = await Promise.all(pairs.map(pairMarkup));
  const list = (items: readonly string[]): string => `<div class="pl-pairs">${items.join("")}</div>`;
  return (
    `${histogramMarkup(norms)}<div style="--pl-ratio:${ratio}"><div class="pl-heads"><span>Norm of each patch token` +
    `<i class="pl-bar"><b>${significant(scale.low)}</b><i style="background:${magmaGradient}"></i>` +
    `<b>${significant(scale.high)}${norms.outliers.length > 0 ? " and more" : ""}</b></i></span></div>` +
    `${fold(markup, open, list, (n) => counted(n, "more picture"))}</div>`
  );
}

async function pairMarkup({ name, tiles }: NormPair): Promise<string> {
  const markup = await Promise.all(tiles.map(tileMarkup));
  return `<section class="pl-pair" aria-label="${escapeHtml(name)}">${markup.join("")}</section>`;
}

function histogramMarkup(norms: TokenNormsLike): string {
  const { threshold, images } = norms;
  const { histogram, end } = normHistogram(norms);
  const total = images.reduce((sum, image) => sum + image.norms.length, 0);
  const place = Math.round((1000 * threshold) / end) / 10;
  return (
    `<div class="pl-norm-panel"><div class="pl-panel-head">Patch tokens by norm, heights logarithmic</div>` +
    `<div class="pl-histogram" role="img" aria-label="Histogram of the norms of ${count(total)} tokens">` +
    `<svg viewBox="0 0 400 100" preserveAspectRatio="none" aria-hidden="true">${histogramBars(histogram, threshold, 400, 100)}</svg></div>` +
    `<div class="pl-norm-ends"><span>0</span><span style="--pl-at:${place}%">threshold ${significant(threshold)}</span>` +
    `<span>${significant(end)}</span></div></div>`
  );
}
