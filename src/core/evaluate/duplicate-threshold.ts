/** How alike two pictures must be to count as one, by the yardstick of the model that looks at them. */
import type { Matrix } from "../numeric/matrix.js";
import { normaliseRowsSteps } from "../numeric/normalise.js";
import { seededRandom } from "../numeric/random.js";
import { firstSameRow } from "../numeric/same-rows.js";
import { shuffle } from "../numeric/shuffle.js";
import type { Steps } from "../numeric/steps.js";
import { takeRows } from "../numeric/take-rows.js";

/**
 * Under efficientnet-lite0, the most alike of the 4,950 pairs of bundled clothing pictures (two denim skirts) have a
 * cosine of 0.854, pairs of one class a median of 0.46. Of altered copies, 0.9 finds 100 of 100 saved as JPEG of quality
 * 40, mirrored or 10 % brighter, 97 at half the size, 88 cropped by 10 %, but only 10 cropped, halved and saved so.
 */
const lowest = 0.9;
/** so many spreads above the middle, no pair of different pictures is to be expected */
const spreads = 6;
/** with fewer rows, the few near-duplicates would themselves be the spread */
const fewest = 10;
/** rows whose pairs tell the spread: 45,000 pairs */
const sampled = 300;

/**
 * The cosine from which rows are taken for near-duplicates where nobody says: 0.9, or more where the model finds all
 * pictures alike. Cosines are compared by their inverse hyperbolic tangent, which makes of their distance to 1 a scale
 * without end (Fisher 1915); from the median of random pairs to the 84th percentile is one spread.
 *
 * @param x rows of any length but zero, all finite
 * @returns 0.9 to 1, in ten-thousandths
 */
export function* duplicateThreshold(x: Matrix): Steps<number> {
  const first = yield* firstSameRow(x);
  const distinct = shuffle(
    first.filter((same, row) => same === row),
    seededRandom(0),
  );
  if (distinct.length < fewest) return lowest;
  const cosines = yield* pairCosines(takeRows(x, distinct.subarray(0, sampled)));
  const at = (share: number): number => Math.atanh(Math.min(1 - 1e-9, cosines[Math.floor(share * cosines.length)]));
  const threshold = Math.tanh(at(0.5) + spreads * (at(0.84) - at(0.5)));
  return Math.max(lowest, Math.min(1, Math.ceil(threshold * 1e4) / 1e4));
}

/** Of all pairs, ascending. */
function* pairCosines(x: Matrix): Steps<Float64Array> {
  const { data, rows, cols } = yield* normaliseRowsSteps(x, "vectors");
  const cosines = new Float64Array((rows * (rows - 1)) / 2);
  let at = 0;
  for (let i = 1; i < rows; i++) {
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let p = i * cols, q = j * cols; p < (i + 1) * cols; p++, q++) sum += data[p] * data[q];
      cosines[at++] = sum;
    }
    yield;
  }
  return cosines.sort();
}
