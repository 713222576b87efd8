import { ArgumentError, DegenerateDataError, NotFiniteError } from "../errors.js";

/**
 * Otsu's threshold: the one that splits the values into two groups with the largest variance between them. Exact
 * rather than over a histogram's bins: it lies midway between two neighbouring values, so no value equals it, and the
 * threshold of `1 - values` is 1 minus that of `values`.
 *
 * @param values at least two different numbers
 * @returns a number such that the upper group is `value > threshold`
 * @throws ArgumentError when empty; NotFiniteError naming the first bad value; DegenerateDataError when all are equal
 * @see Otsu 1979, doi:10.1109/TSMC.1979.4310076
 */
export function otsuThreshold(values: Float32Array): number {
  const n = values.length;
  if (n === 0) throw new ArgumentError("values", "are empty: a threshold needs at least two different numbers");
  const bad = values.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) throw new NotFiniteError("values", bad);
  const ordered = values.slice().sort();
  const total = ordered.reduce((sum, v) => sum + v, 0);
  let below = 0;
  let largest = 0;
  let split = 0;
  for (let i = 1; i < n; i++) {
    below += ordered[i - 1];
    if (ordered[i] === ordered[i - 1]) continue;
    const distance = below / i - (total - below) / (n - i);
    const between = i * (n - i) * distance * distance;
    if (between > largest) {
      largest = between;
      split = i;
    }
  }
  if (split === 0) throw new DegenerateDataError("values", "are all equal: no threshold parts them");
  return (ordered[split - 1] + ordered[split]) / 2;
}
