/** Which rows a head is shown when it may see only so many of each class. */
import { type ClassLabels, classCounts, labelsOf } from "../classify/class-labels.js";
import { ArgumentError } from "../errors.js";
import { checkCount } from "../numeric/neighbours.js";
import type { Random } from "../numeric/random.js";
import { shuffle } from "../numeric/shuffle.js";
import type { Split } from "./split.js";

/** The rows of a split that may be drawn: those that are not tested. */
export function poolOf({ train, validation }: Split): Int32Array {
  return Int32Array.from([...train, ...validation]).sort();
}

/**
 * The rows of each class in a random order, of which a draw takes the first ones.
 *
 * @param groups [rows], rows with the same number are alike: one of each group comes before the others
 */
export function drawOrder(
  pool: Int32Array,
  { classes, indices }: ClassLabels,
  random: Random,
  groups?: ArrayLike<number>,
): number[][] {
  const order = classes.map((): number[] => []);
  for (const row of shuffle(pool.slice(), random)) order[indices[row]].push(row);
  return groups ? order.map((rows) => onePerGroupFirst(rows, groups)) : order;
}

function onePerGroupFirst(rows: readonly number[], groups: ArrayLike<number>): number[] {
  const seen = new Set<number>();
  const others: number[] = [];
  const first = rows.filter((row) => {
    const isFirst = !seen.has(groups[row]);
    seen.add(groups[row]);
    if (!isFirst) others.push(row);
    return isFirst;
  });
  return [...first, ...others];
}

/**
 * How many rows of each class to draw: those asked for in rising order, each once; else 1, 2, 5, 10, 20, 50, … as far as
 * half of the classes have so many in every pool.
 *
 * @throws ArgumentError when none, or what is no whole number of 1 or more, is asked for
 */
export function numbersPerClass(
  asked: readonly number[] | undefined,
  labels: ClassLabels,
  pools: readonly Int32Array[],
): number[] {
  if (asked) {
    if (asked.length === 0) throw new ArgumentError("perClass", "is empty: give numbers of rows, or leave it out");
    for (const number of asked) checkCount(number, "perClass");
    return [...new Set(asked)].sort((a, b) => a - b);
  }
  const most = Math.min(...pools.map((pool) => upperMedian(classCounts(labelsOf(labels, pool)))));
  const numbers: number[] = [];
  for (let unit = 1; unit <= Math.max(1, most); unit *= 10)
    numbers.push(...[unit, 2 * unit, 5 * unit].filter((number) => number === 1 || number <= most));
  return numbers;
}

/** What half of the classes that have rows reach. */
function upperMedian(counts: Int32Array): number {
  const present = counts.filter((count) => count > 0).sort();
  return present[Math.floor(present.length / 2)] ?? 0;
}
