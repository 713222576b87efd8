/** Probabilities of several tests, so corrected that all of them together may be believed. */

/**
 * Holm's step-down correction: a test whose corrected probability is below 0.05 counts, with at most a 5 % risk that
 * any of those that count came by chance. It holds however the tests depend on each other.
 *
 * @param pValues one a test
 * @returns one a test, in the same order, never less than what was given and at most 1
 * @see Holm 1979, A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6(2)
 */
export function holm(pValues: readonly number[]): number[] {
  const order = [...pValues.keys()].sort((a, b) => pValues[a] - pValues[b]);
  const corrected = [...pValues];
  let least = 0;
  order.forEach((test, rank) => {
    least = Math.max(least, Math.min(1, (pValues.length - rank) * pValues[test]));
    corrected[test] = least;
  });
  return corrected;
}
