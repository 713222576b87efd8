/** The histogram of the first component as an SVG, for still pictures and until Plotly has drawn its own. */
import type { Histogram } from "../core/features/histogram.js";

/** Bars in a box of the given size, split at the threshold into two classes, with the threshold as a line. */
export function histogramBars(histogram: Histogram, threshold: number, width: number, height: number): string {
  const { edges, counts } = histogram;
  const [low, high] = [edges[0], edges[edges.length - 1]];
  const x = (value: number): number => round(((value - low) / (high - low || 1)) * width);
  const top = counts.reduce((most, count) => Math.max(most, count), 1);
  const bars = Array.from(counts, (count, i) => {
    const h = round((count / top) * height);
    const side = (edges[i] + edges[i + 1]) / 2 > threshold ? "pl-above" : "pl-below";
    return `<rect class="${side}" x="${x(edges[i])}" y="${round(height - h)}" width="${round(x(edges[i + 1]) - x(edges[i]))}" height="${h}"/>`;
  });
  const line = x(threshold);
  return `${bars.join("")}<line class="pl-limit" x1="${line}" x2="${line}" y1="0" y2="${height}"/>`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
