/** Token norms as a still picture. */
import { histogramBars } from "./histogram.js";
import { tileDrawing } from "./map-tile.js";
import { normHistogram } from "./norm-histogram.js";
import { contentWidth, type Drawing, ink, svgText } from "./svg.js";
import type { NormPair, NormScale, TokenNormsLike } from "./token-norms-figure.js";
import { counted, significant } from "./wording.js";

const maxPairs = 6;
const gap = 12;
const between = 28;
const side = (contentWidth - between - 2 * gap) / 4;

/** The histogram, and up to six pictures, each beside its norms, two pairs a line. */
export async function drawTokenNorms(
  norms: TokenNormsLike,
  pairs: readonly NormPair[],
  { low, high }: NormScale,
): Promise<Drawing> {
  let elements = drawHistogram(norms);
  let y = 116;
  elements += svgText(
    `Norm of each patch token, dark ${significant(low)} to light ${significant(high)}${norms.outliers.length > 0 ? " and more; outliers outlined" : ""}`,
    0,
    y,
    { size: 11, colour: ink.muted },
  );
  y += 12;
  const shown = pairs.slice(0, maxPairs);
  for (let i = 0; i < shown.length; i += 2) {
    const line = await Promise.all(shown.slice(i, i + 2).map((pair, k) => drawPair(pair, k, y)));
    elements += line.map((pair) => pair.elements).join("");
    y += Math.max(...line.map(({ height }) => height)) + 6;
  }
  if (pairs.length > maxPairs) {
    elements += svgText(`and ${counted(pairs.length - maxPairs, "more picture")}`, 0, y + 8, { colour: ink.muted });
    y += 20;
  }
  return { elements, height: y - 6 };
}

async function drawPair({ tiles }: NormPair, column: number, y: number): Promise<Drawing> {
  const left = column * (2 * side + gap + between);
  const drawn = await Promise.all(tiles.map((tile, i) => tileDrawing(tile, left + i * (side + gap), y, side)));
  return {
    elements: drawn.map(({ elements }) => elements).join(""),
    height: Math.max(...drawn.map(({ height }) => height)),
  };
}

function drawHistogram(norms: TokenNormsLike): string {
  const { histogram, end } = normHistogram(norms);
  const { threshold } = norms;
  const bars = histogramBars(histogram, threshold, contentWidth, 56)
    .replaceAll('class="pl-above"', `fill="${ink.accent}"`)
    .replaceAll('class="pl-below"', 'fill="#b9bdc3"')
    .replaceAll('class="pl-limit"', `stroke="${ink.text}"`);
  const at = Math.min(contentWidth - 90, Math.max(90, (threshold / end) * contentWidth));
  return (
    svgText("Patch tokens by norm, heights logarithmic", 0, 10, { size: 11, colour: ink.muted }) +
    `<g transform="translate(0 18)"><g shape-rendering="crispEdges">${bars}</g><line x2="${contentWidth}" y1="56" y2="56" stroke="${ink.line}"/>` +
    svgText("0", 0, 70, { size: 11, colour: ink.muted }) +
    svgText(`threshold ${significant(threshold)}`, at, 70, { size: 11, anchor: "middle" }) +
    `${svgText(significant(end), contentWidth, 70, { size: 11, colour: ink.muted, anchor: "end" })}</g>`
  );
}
