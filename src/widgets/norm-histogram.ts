/** The histogram of norms as it is drawn. */
import type { Histogram } from "../core/features/histogram.js";
import type { TokenNormsLike } from "./token-norms-figure.js";

/** Heights on a logarithmic scale, on which a handful of outliers shows beside thousands; and the axis's end. */
export function normHistogram({ histogram, threshold }: Pick<TokenNormsLike, "histogram" | "threshold">): {
  histogram: Histogram;
  end: number;
} {
  const { edges, counts } = histogram;
  const largest = edges[edges.length - 1];
  // a threshold that no token reaches lies past the last bin
  const end = Math.max(largest, threshold * 1.25);
  const heights = Array.from(counts, (count) => Math.round(1000 * Math.log1p(count)));
  if (end === largest) return { histogram: { edges, counts: Uint32Array.from(heights) }, end };
  return { histogram: { edges: Float32Array.from([...edges, end]), counts: Uint32Array.from([...heights, 0]) }, end };
}
