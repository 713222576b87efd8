export interface Histogram {
  /** borders of the bins [bins + 1] */
  edges: Float32Array;
  /** values in each bin [bins]; a border belongs to the bin above it, 1 to the last */
  counts: Uint32Array;
}

/** Counts values between 0 and 1 in bins of equal width; values outside count in the outermost bins. */
export function unitHistogram(values: Float32Array, bins = 64): Histogram {
  const edges = Float32Array.from({ length: bins + 1 }, (_, i) => i / bins);
  const counts = new Uint32Array(bins);
  for (const v of values) counts[Math.min(bins - 1, Math.max(0, Math.floor(v * bins)))]++;
  return { edges, counts };
}
