import { ArgumentError } from "../errors.js";
import type { Interval } from "./interval.js";
import { normalQuantile } from "./normal-quantile.js";

/**
 * Wilson's score interval for a share: never empty and never beyond 0 or 1, also where all of few observations agree.
 *
 * @param share 0 to 1
 * @param count how many independent observations it is a share of
 * @param level between 0 and 1 @default 0.95
 * @throws ArgumentError for a share, a count or a level that is none
 * @see Wilson 1927, doi:10.1080/01621459.1927.10502953
 */
export function wilsonInterval(share: number, count: number, level = 0.95): Interval {
  if (!(share >= 0 && share <= 1)) throw new ArgumentError("share", `is ${share}: give a number from 0 to 1`);
  if (!(count > 0)) throw new ArgumentError("count", `is ${count}: give how many observations there are`);
  checkLevel(level);
  const z = normalQuantile((1 + level) / 2);
  const extra = (z * z) / count;
  const centre = (share + extra / 2) / (1 + extra);
  const half = Math.sqrt((share * (1 - share) + extra / 4) * extra) / (1 + extra);
  // rounding must not leave the ends just inside the share where it is 0 or 1
  const low = Math.min(share, Math.max(0, centre - half));
  const high = Math.max(share, Math.min(1, centre + half));
  return { value: share, low, high, level };
}

/** @throws ArgumentError unless the level is between 0 and 1 */
export function checkLevel(level: number): void {
  if (!(level > 0 && level < 1)) throw new ArgumentError("level", `is ${level}: give a share between 0 and 1`);
}
