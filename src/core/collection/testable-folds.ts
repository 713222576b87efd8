/** Folds over the classes that can be tested; the others train in every fold. */
import { type ClassLabels, classCounts, labelsOf } from "../classify/class-labels.js";
import type { Split } from "../evaluate/split.js";
import { stratifiedFolds } from "../evaluate/stratified-folds.js";

/** A class of which no picture can be tested by one that was trained on another. */
export interface UntestedClass {
  readonly label: string;
  /** one, or several that are near-duplicates of each other */
  readonly rows: number;
}

export interface TestableFolds {
  /** none where fewer than two classes can be tested */
  readonly splits: readonly Split[];
  readonly untested: readonly UntestedClass[];
}

export interface TestableFoldsOptions {
  /** [rows], of near-duplicates; see `similarityGroups` */
  readonly groups: Int32Array;
  /** @default 5, fewer where there are too few groups */
  readonly folds?: number;
  readonly seed: number;
}

/** @throws what `stratifiedFolds` throws, also when more folds are asked for than there are groups */
export function testableFolds(labels: ClassLabels, { groups, folds, seed }: TestableFoldsOptions): TestableFolds {
  const groupsOf = labels.classes.map(() => new Set<number>());
  labels.indices.forEach((c, row) => {
    groupsOf[c].add(groups[row]);
  });
  const counts = classCounts(labels);
  const untested = labels.classes.flatMap((label, c) => (groupsOf[c].size === 1 ? [{ label, rows: counts[c] }] : []));
  const isTestable = (row: number) => groupsOf[labels.indices[row]].size > 1;
  const all = Array.from(labels.indices.keys());
  const [tested, others] = [all.filter(isTestable), all.filter((row) => !isTestable(row))];
  if (groupsOf.filter(({ size }) => size > 1).length < 2) return { splits: [], untested };
  const own = Int32Array.from(tested, (row) => groups[row]);
  const splits = stratifiedFolds(labelsOf(labels, tested), {
    ...{ seed, groups: own },
    folds: folds ?? Math.min(5, new Set(own).size),
  });
  return { splits: splits.map((split) => withOthers(placed(split, tested), others, groups)), untested };
}

function placed({ train, validation, test, seed }: Split, rows: readonly number[]): Split {
  const at = (part: Int32Array) => part.map((place) => rows[place]);
  return { train: at(train), validation: at(validation), test: at(test), seed };
}

/** With the rows that no fold tests, but for near-duplicates of those that this one tests. */
function withOthers(split: Split, others: readonly number[], groups: Int32Array): Split {
  const tested = new Set(Array.from(split.test, (row) => groups[row]));
  const added = others.filter((row) => !tested.has(groups[row]));
  return { ...split, train: Int32Array.from([...split.train, ...added]).sort() };
}
