/** Which of many pairs of patches get a number: the most similar ones that do not cover each other. */
import type { MatchedPatches, PatchPair } from "../core/features/matching.js";

/** Where a patch lies, in shares of its picture's width and height. */
export interface Place {
  x: number;
  y: number;
}

export interface MarkedPair {
  /** from 1 on, the most similar pair first */
  number: number;
  a: Place;
  b: Place;
  similarity: number;
}

/** Marks of one picture lie at least so far apart, in shares of its width and height. */
const apart = 0.15;

/** At most `most` of the pairs, best first, whose places keep their distance in both pictures. */
export function markedPairs(
  pairs: readonly PatchPair[],
  a: Pick<MatchedPatches, "rows" | "cols">,
  b: Pick<MatchedPatches, "rows" | "cols">,
  most: number,
): MarkedPair[] {
  const marked: MarkedPair[] = [];
  for (const pair of pairs) {
    if (marked.length >= most) break;
    const places = { a: placeOf(pair.a, a), b: placeOf(pair.b, b) };
    const free = marked.every((other) => farFrom(other.a, places.a) && farFrom(other.b, places.b));
    if (free) marked.push({ number: marked.length + 1, ...places, similarity: pair.similarity });
  }
  return marked;
}

function placeOf(patch: number, { rows, cols }: Pick<MatchedPatches, "rows" | "cols">): Place {
  return { x: ((patch % cols) + 0.5) / cols, y: (Math.floor(patch / cols) + 0.5) / rows };
}

function farFrom(p: Place, q: Place): boolean {
  return Math.hypot(p.x - q.x, p.y - q.y) >= apart;
}
