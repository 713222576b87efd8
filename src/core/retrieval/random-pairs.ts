/** How similar rows are that have nothing to do with each other: what a similarity has to stand out from. */
import { DegenerateDataError, NotFiniteError } from "../errors.js";
import { checkCount } from "../numeric/neighbours.js";
import { checkSeed, type Random, seededRandom } from "../numeric/random.js";
import { shuffle } from "../numeric/shuffle.js";
import type { VectorSource } from "./searcher.js";

export interface RandomPairsOptions {
  /** how many pairs; all there are where there are fewer @default 20000 */
  readonly pairs?: number;
  /** any whole number: the same seed gives the same pairs @default 0 */
  readonly seed?: number;
}

/** Rows read for the pairs, at least: fewer would make the quantiles depend on which they are. */
const sampledRows = 2000;

/**
 * Cosine similarities of random pairs of different rows, no pair twice. Some 2,000 random rows are read, each once and
 * in ascending order, and each is paired with equally many others (20 at 20,000 pairs), so that the quantiles stay
 * within about one percentage point of those of all pairs; two rows that are equal count as a pair like any other.
 *
 * @returns ascending [pairs], empty where there are fewer than two rows; for `percentileOf`
 * @throws ArgumentError when `pairs` or `seed` is no whole number that it can be; NotFiniteError and
 *   DegenerateDataError naming the first sampled row that is not finite or zero
 */
export function randomPairs(
  source: Pick<VectorSource, "rows" | "vector">,
  { pairs = 20_000, seed = 0 }: RandomPairsOptions = {},
): Float32Array {
  checkCount(pairs, "pairs");
  checkSeed(seed);
  const random = seededRandom(seed);
  const count = Math.min(source.rows, Math.max(sampledRows, rowsForPairs(pairs)));
  const sample = readRows(source, sampleOf(source.rows, count, random));
  shuffle(sample, random);
  const similarities = new Float32Array(Math.min(pairs, (count * (count - 1)) / 2));
  let at = 0;
  // each row with the one `step` places on: after every step all rows are in equally many pairs
  for (let step = 1; at < similarities.length; step++) {
    const last = 2 * step === count ? step : count;
    for (let i = 0; i < last && at < similarities.length; i++)
      similarities[at++] = cosine(sample[i], sample[(i + step) % count]);
  }
  return similarities.sort();
}

/**
 * The share of random pairs that are less similar, in percent; equally similar ones count half.
 *
 * @param sorted what `randomPairs` returned
 * @returns 0 to 100; NaN where there are no pairs
 */
export function percentileOf(sorted: Float32Array, similarity: number): number {
  const below = firstAt(sorted, (value) => value >= similarity);
  const notAbove = firstAt(sorted, (value) => value > similarity);
  return (50 * (below + notAbove)) / sorted.length;
}

/** How many rows have so many pairs. */
function rowsForPairs(pairs: number): number {
  return Math.ceil((1 + Math.sqrt(1 + 8 * pairs)) / 2);
}

/** `count` of the numbers below `total`, ascending, each set equally likely. @see Floyd, in Bentley 1987, Communications of the ACM 30 (9) */
function sampleOf(total: number, count: number, random: Random): number[] {
  const chosen = new Set<number>();
  for (let last = total - count; last < total; last++) {
    const any = Math.floor(random() * (last + 1));
    chosen.add(chosen.has(any) ? last : any);
  }
  return [...chosen].sort((a, b) => a - b);
}

interface SampledRow {
  vector: Float32Array;
  length: number;
}

function readRows(source: Pick<VectorSource, "vector">, rows: readonly number[]): SampledRow[] {
  return rows.map((row) => {
    const vector = source.vector(row).slice();
    const length = Math.sqrt(dot(vector, vector));
    if (!Number.isFinite(length)) throw new NotFiniteError("source", row);
    if (length === 0)
      throw new DegenerateDataError("source", `has a row of zeros, row ${row}, which has no direction: remove it`);
    return { vector, length };
  });
}

function cosine(a: SampledRow, b: SampledRow): number {
  return Math.max(-1, Math.min(1, dot(a.vector, b.vector) / (a.length * b.length)));
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** The first place of an ascending array that `holds`, or its length. */
function firstAt(sorted: Float32Array, holds: (value: number) => boolean): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (holds(sorted[middle])) to = middle;
    else from = middle + 1;
  }
  return from;
}
