/**
 * Divides groups of rows among parts so that each gets its share of every class: groups of several rows one by one, the
 * largest first, then the single rows of each class by counts.
 */
import type { ClassLabels } from "../classify/class-labels.js";
import type { Random } from "../numeric/random.js";
import { shuffle } from "../numeric/shuffle.js";

export interface AllocateOptions {
  /** the share of each part; they add up to 1 */
  readonly shares: readonly number[];
  /** the part that gets a group of every class, whatever its share @default none */
  readonly home?: number;
  readonly random: Random;
}

interface Group {
  readonly rows: readonly number[];
  /** rows by class */
  readonly counts: ReadonlyMap<number, number>;
}

/** What was placed and what is still to come. */
interface Ledger {
  readonly shares: readonly number[];
  readonly home: number | undefined;
  readonly parts: number[][];
  /** by class, for each part: rows of its share that it has not got; below 0 where it has more */
  readonly lacks: readonly number[][];
  /** for each part: its share of the rows placed so far, less those it got */
  readonly owed: number[];
  /** by class: groups not placed yet */
  readonly waiting: number[];
  /** classes that have a group at home */
  readonly settled: Set<number>;
}

/**
 * @param groups rows that stay together, each row in one group
 * @returns for each part its rows, in rising order
 */
export function allocate(
  labels: ClassLabels,
  groups: readonly (readonly number[])[],
  { shares, home, random }: AllocateOptions,
): Int32Array[] {
  const known = shuffle(
    groups.map((rows) => ({ rows, counts: countClasses(rows, labels) })),
    random,
  );
  const ledger = openLedger(known, labels.classes.length, shares, home);
  const large = known.filter(({ rows }) => rows.length > 1).sort((a, b) => b.rows.length - a.rows.length);
  for (const group of large)
    place(ledger, group, mustGoHome(ledger, group) ? (home as number) : neediest(ledger, group));
  const single = known.filter(({ rows }) => rows.length === 1);
  for (const c of shuffle([...labels.classes.keys()], random)) {
    const own = single.filter(({ counts }) => counts.has(c));
    let next = 0;
    singleCounts(ledger, c, own.length).forEach((count, part) => {
      for (let i = 0; i < count; i++) place(ledger, own[next++], part);
    });
  }
  return ledger.parts.map((rows) => Int32Array.from(rows).sort());
}

function countClasses(rows: readonly number[], { indices }: ClassLabels): Map<number, number> {
  const counts = new Map<number, number>();
  for (const row of rows) counts.set(indices[row], (counts.get(indices[row]) ?? 0) + 1);
  return counts;
}

function openLedger(groups: readonly Group[], classes: number, shares: readonly number[], home?: number): Ledger {
  const rows = new Array<number>(classes).fill(0);
  const waiting = new Array<number>(classes).fill(0);
  for (const { counts } of groups)
    for (const [c, count] of counts) {
      rows[c] += count;
      waiting[c]++;
    }
  return {
    ...{ shares, home, waiting, settled: new Set() },
    parts: shares.map(() => []),
    lacks: rows.map((count) => shares.map((share) => share * count)),
    owed: shares.map(() => 0),
  };
}

function place(ledger: Ledger, { rows, counts }: Group, part: number): void {
  ledger.parts[part].push(...rows);
  ledger.shares.forEach((share, p) => {
    ledger.owed[p] += share * rows.length;
  });
  ledger.owed[part] -= rows.length;
  for (const [c, count] of counts) {
    ledger.lacks[c][part] -= count;
    ledger.waiting[c]--;
    if (part === ledger.home) ledger.settled.add(c);
  }
}

/** Whether it is the last chance of one of its classes to have a group at home. */
function mustGoHome({ home, settled, waiting }: Ledger, { counts }: Group): boolean {
  return home !== undefined && [...counts.keys()].some((c) => !settled.has(c) && waiting[c] === 1);
}

/**
 * The part that lacks the group's classes most. Parts that lack less, but by no more than the group's size, do as well
 * for the classes: among them the one that has too few rows in all is taken, or many small classes would all round the
 * same way.
 */
function neediest({ shares, lacks, owed }: Ledger, { rows, counts }: Group): number {
  const size = rows.length;
  const needs = shares.map((_, part) =>
    [...counts].reduce((sum, [c, count]) => sum + (count / size) * lacks[c][part], 0),
  );
  const most = Math.max(...needs);
  const due = shares.map((share, part) =>
    needs[part] === most || (needs[part] > 0 && needs[part] > most - size) ? owed[part] + share * size : -Infinity,
  );
  return due.indexOf(Math.max(...due));
}

/** How many of the `count` single rows of a class each part gets: what it lacks, rounded up or down. */
function singleCounts({ shares, lacks, owed, home, settled }: Ledger, c: number, count: number): number[] {
  const open = lacks[c].map((lack) => Math.max(0, lack));
  const total = open.reduce((sum, lack) => sum + lack, 0);
  // sums of shares are not exact: what is a whole number but for that is one
  const wanted = open.map((lack, part) => tidy(total > 0 ? (lack / total) * count : shares[part] * count));
  const counts = wanted.map(Math.floor);
  const due = (part: number): number => owed[part] + shares[part] * count - counts[part];
  const rounded = [...wanted.keys()].filter((part) => wanted[part] > counts[part]);
  rounded.sort((a, b) => due(b) - due(a) || a - b);
  const left = count - counts.reduce((sum, own) => sum + own, 0);
  for (const part of rounded.slice(0, left)) counts[part]++;
  if (count > 0 && home !== undefined && counts[home] === 0 && !settled.has(c)) {
    counts[counts.indexOf(Math.max(...counts))]--;
    counts[home]++;
  }
  return counts;
}

function tidy(value: number): number {
  const whole = Math.round(value);
  return Math.abs(value - whole) < 1e-9 * Math.max(1, whole) ? whole : value;
}
