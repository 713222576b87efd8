/** Where a graph's nodes lie in memory, on which levels they are, and in which order they are linked. */
import { seededRandom } from "../../numeric/random.js";
import type { Steps } from "../../numeric/steps.js";
import { rounds } from "./link-rounds.js";

const mostCoarse = 64;

/**
 * The nodes `from` up to `to`, counted from there, sorted by the nearest of some of them: neighbours then lie near in
 * memory, and a search reads less that is far. The nearest is found in two steps, among a few and then among those
 * around it.
 *
 * @param nearestOf which entry of a list of nodes is most similar to a node
 */
export function* groupedNodes(
  from: number,
  to: number,
  nearestOf: (node: number, list: ArrayLike<number>) => number,
): Steps<Uint32Array> {
  const count = to - from;
  const coarse = Math.max(1, Math.min(mostCoarse, Math.round(Math.sqrt(Math.sqrt(count)))));
  const random = seededRandom(count);
  const pivots = Uint32Array.from({ length: coarse * coarse }, () => from + Math.floor(random() * count));
  const few = pivots.subarray(0, coarse);
  const fine: number[][] = Array.from({ length: coarse }, () => []);
  for (const pivot of pivots) fine[nearestOf(pivot, few)].push(pivot);
  const starts = fine.map((_, i) => fine.slice(0, i).reduce((sum, { length }) => sum + length + 1, 0));
  const groups = new Uint32Array(count);
  for (let node = from; node < to; node++) {
    const near = nearestOf(node, few);
    groups[node - from] = starts[near] + (fine[near].length > 0 ? nearestOf(node, fine[near]) : 0);
    if (node % 256 === 0) yield;
  }
  return Uint32Array.from(groups.keys()).sort((a, b) => groups[a] - groups[b] || a - b);
}

/** Puts item `places[i]` at place i, for all i, in the memory that they are in. */
export function rearrange(items: Uint8Array, size: number, places: Uint32Array): void {
  const done = new Uint8Array(places.length);
  for (let start = 0; start < places.length; start++) {
    if (done[start]) continue;
    const first = items.slice(start * size, (start + 1) * size);
    let i = start;
    for (; places[i] !== start; i = places[i]) {
      items.copyWithin(i * size, places[i] * size, (places[i] + 1) * size);
      done[i] = 1;
    }
    items.set(first, i * size);
    done[i] = 1;
  }
}

/** Writes the nodes `from` up to `to` in the order in which they are linked, by chance, the same every time. */
export function drawOrder(order: Uint32Array, from: number, to: number): void {
  const random = seededRandom(to);
  for (let i = from; i < to; i++) order[i] = i;
  for (let i = to - 1; i > from; i--) {
    const j = from + Math.floor(random() * (i - from + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  // within a round the order is free: neighbours in memory one after the other
  for (const { start, end } of rounds(from, to)) order.subarray(start, end).sort();
}

/** The level of each node, drawn so that each has a `connectivity`th of the nodes below. The same for the same place. */
export function levelsOf(nodes: number, connectivity: number): Uint8Array {
  const random = seededRandom(1);
  const scale = 1 / Math.log(connectivity);
  return Uint8Array.from({ length: nodes }, () => Math.min(30, Math.floor(-Math.log(1 - random()) * scale)));
}

/** Where each node's links above the lowest level begin, and how many places they take in all. */
export function upperStarts(levels: Uint8Array, connectivity: number): { places: Uint32Array; total: number } {
  let total = 0;
  const places = Uint32Array.from(levels, (level) => {
    const at = total;
    total += level * (connectivity + 1);
    return at;
  });
  return { places, total };
}
