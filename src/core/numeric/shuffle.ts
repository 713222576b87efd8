import type { Random } from "./random.js";

/** Brings the items into a random order, in place, each order equally likely. @see Fisher & Yates 1938 */
export function shuffle<T extends unknown[] | Int32Array>(items: T, random: Random): T {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [items[i], items[j]] = [items[j], items[i]];
  }
  return items;
}
