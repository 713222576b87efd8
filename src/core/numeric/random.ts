import { ArgumentError } from "../errors.js";

/** A number in [0, 1), as `Math.random` gives it. */
export type Random = () => number;

/**
 * A seeded source of uniform numbers in [0, 1): 32 bits of state, period 2^32, fast and good enough for sampling and
 * starting points, not for secrets.
 *
 * @param seed any integer; the same seed gives the same numbers on every machine
 * @see mulberry32 by Tommy Ettinger, 2017 (public domain)
 */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** @throws ArgumentError unless the seed is a whole number */
export function checkSeed(seed: number): void {
  if (!Number.isInteger(seed)) throw new ArgumentError("seed", `is ${seed}: give a whole number`);
}

/** A standard normal number, by the method of Box and Muller (1958). */
export function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return radius * Math.cos(2 * Math.PI * random());
}
