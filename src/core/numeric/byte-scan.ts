/**
 * Which rows can be among the most similar to a query, by their copy in bytes. By Cauchy and Schwarz the similarity of
 * a copy is no further from that of its row than the two vectors are apart, so every row has a least and a largest
 * similarity: those whose largest reaches the k-th best least are candidates, and no other row is one of the k best.
 */
import type { ByteCopy } from "./byte-copy.js";
import { rowsAtOnce } from "./byte-memory.js";
import type { Steps } from "./steps.js";

export interface ScanOptions {
  /** [rows], 1 where a row may be found @default every row may */
  readonly allowed?: Uint8Array | undefined;
  /** how many candidates are worth having @default as many as there are */
  readonly most?: number;
}

/** covers rounding: of the query to length 1, of sums, and of similarities that are compared as 32-bit numbers */
const slack = 1e-6;

/**
 * @param query a vector of length 1
 * @param k at most as many as there are rows
 * @returns rows in ascending order; undefined when there are more than `most`
 */
export function* candidates(
  copy: ByteCopy,
  query: Float32Array,
  k: number,
  { allowed, most = Infinity }: ScanOptions = {},
): Steps<number[] | undefined> {
  const { memory, scales, errors, centre } = copy;
  const { numbers, scale, error } = roundQuery(query);
  const start = dot(query, centre);
  // the query's rounding meets copies no longer than 1 + |centre| and their own error
  const [widening, least] = [1 + error, error * (1 + Math.sqrt(dot(centre, centre))) + slack];
  const best = largestOf(k);
  const rows: number[] = [];
  const largest: number[] = [];
  for (let from = 0; from < scales.length; from += rowsAtOnce) {
    const products = memory.products(numbers, from, Math.min(from + rowsAtOnce, scales.length));
    for (let i = 0, row = from; i < products.length; i++, row++) {
      const similarity = start + scales[row] * scale * products[i];
      const margin = errors[row] * widening + least;
      if (similarity + margin < best.threshold || allowed?.[row] === 0) continue;
      rows.push(row);
      largest.push(similarity + margin);
      best.add(similarity - margin);
    }
    yield;
  }
  const threshold = best.finish();
  const left = rows.filter((_, i) => largest[i] >= threshold);
  return left.length > most ? undefined : left;
}

interface RoundedQuery {
  numbers: Int16Array;
  /** numbers times this are about the query */
  scale: number;
  /** the distance between the two */
  error: number;
}

const mostNumber = 2 ** 15 - 1;
const mostSum = 2 ** 31 - 1;
const mostByte = 2 ** 7;

/** In 16 bits a number, and such that products with bytes stay below 32. */
function roundQuery(query: Float32Array): RoundedQuery {
  let [largest, total] = [0, 0];
  for (const value of query) {
    largest = Math.max(largest, Math.abs(value));
    total += Math.abs(value);
  }
  // rounding may add a half to each number
  const scale = Math.max(largest / mostNumber, (mostByte * total) / (mostSum - mostByte * query.length));
  const numbers = new Int16Array(query.length);
  let sum = 0;
  for (let j = 0; j < query.length; j++) {
    numbers[j] = Math.round(query[j] / scale);
    sum += (query[j] - numbers[j] * scale) ** 2;
  }
  return { numbers, scale, error: Math.sqrt(sum) };
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j] * b[j];
  return sum;
}

/** values taken in before the smaller ones are dropped */
const bufferSize = 256;

interface Largest {
  /** k values at least are this large, of those seen until a while ago */
  threshold: number;
  add(value: number): void;
  /** the k-th largest of all, -Infinity where there are fewer */
  finish(): number;
}

/** Keeps the k largest of many values. */
function largestOf(k: number): Largest {
  const values = new Float64Array(k + bufferSize);
  let count = 0;
  const drop = (): void => {
    const sorted = values.subarray(0, count).sort();
    if (count < k) return;
    kept.threshold = sorted[count - k];
    values.copyWithin(0, count - k, count);
    count = k;
  };
  const kept: Largest = {
    threshold: -Infinity,
    add(value) {
      if (value <= kept.threshold) return;
      values[count++] = value;
      if (count === values.length) drop();
    },
    finish() {
      drop();
      return kept.threshold;
    },
  };
  return kept;
}
