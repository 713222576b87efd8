/**
 * A quantile between the two nearest of ascending numbers, as NumPy's default.
 *
 * @param sorted one number or more, ascending
 * @param share 0 to 1
 */
export function quantile(sorted: Float32Array | Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}
