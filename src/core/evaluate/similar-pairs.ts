/** The most similar of any number of pairs. */

/** Two rows and how alike they are. */
export interface SimilarPair {
  readonly a: number;
  readonly b: number;
  /** cosine similarity, -1 to 1 */
  readonly similarity: number;
}

export interface PairKeeper {
  /** a similarity below which pairs are dropped, since there are better ones enough */
  floor(): number;
  add(pair: SimilarPair): void;
  /** each pair once, the most similar first, and of equally similar ones that of the lower rows */
  best(): SimilarPair[];
}

/** Keeps the `limit` most similar pairs that it is given; of a pair that comes again, its higher similarity. */
export function keepPairs(limit: number): PairKeeper {
  let pairs: SimilarPair[] = [];
  let floor = -Infinity;
  const tidy = (): void => {
    const seen = new Set<string>();
    pairs = pairs.sort(mostSimilarFirst).filter(({ a, b }) => {
      const key = `${a} ${b}`;
      return !seen.has(key) && seen.add(key);
    });
    if (pairs.length < limit) return;
    pairs.length = limit;
    floor = pairs[limit - 1].similarity;
  };
  return {
    floor: () => floor,
    add(pair) {
      if (pair.similarity < floor) return;
      pairs.push(pair);
      if (pairs.length >= 2 * limit) tidy();
    },
    best() {
      tidy();
      return pairs;
    },
  };
}

export function mostSimilarFirst(x: SimilarPair, y: SimilarPair): number {
  return y.similarity - x.similarity || x.a - y.a || x.b - y.b;
}
