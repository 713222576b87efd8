/** One division into rows that train, that choose settings and that are tested. */
import type { ClassLabels } from "../classify/class-labels.js";
import { ArgumentError, DegenerateDataError, ShapeError } from "../errors.js";
import { seededRandom } from "../numeric/random.js";
import { allocate } from "./allocate.js";
import { checkSeveralClasses } from "./check-labels.js";
import { rowGroups } from "./row-groups.js";
import { checkDivision, type DivideOptions, groupsWithout, setAside } from "./set-aside.js";
import type { Split } from "./split.js";

export interface StratifiedSplitOptions extends DivideOptions {
  /** share of the rows that is tested, between 0 and 1 @default 0.2 */
  readonly test?: number;
}

/**
 * Divides rows at random so that each part has its share of every class: without groups to within one row, with groups
 * as near as their sizes allow, the larger ones placed first. Every class keeps a group for training: a class of one
 * picture, or of pictures that all belong together, is trained on and not tested; `splitSummary` names such classes.
 *
 * @returns disjoint lists that together hold all rows; `validation` is empty where no class has rows to spare
 * @throws ArgumentError for a share or seed that is none; ShapeError when there is not one group a row, or there are
 *   fewer rows than parts; DegenerateDataError when fewer than two classes have rows, or none has rows to test
 */
export function stratifiedSplit(labels: ClassLabels, options: StratifiedSplitOptions = {}): Split {
  const { test: share = 0.2, validation = 0.2, seed = 0, groups } = options;
  checkSeveralClasses(labels);
  if (!(share > 0 && share < 1)) throw new ArgumentError("test", `is ${share}: give a share between 0 and 1`);
  checkDivision({ validation, seed });
  const rows = labels.indices.length;
  const parts = validation > 0 ? 3 : 2;
  if (rows < parts) throw new ShapeError("labels", `hold ${rows} rows where there are ${parts} parts: give more`);
  const random = seededRandom(seed);
  const together = rowGroups(rows, groups);
  const [drawn] = allocate(labels, together, { shares: [share, 1 - share], home: 1, random });
  const test = drawn.length > 0 ? drawn : smallestToSpare(labels, together);
  return { ...setAside(labels, groupsWithout(together, test), validation, random), test, seed };
}

/** Where the share is less than a row, a group of the class that has most, so that something is tested. */
function smallestToSpare({ indices }: ClassLabels, groups: readonly (readonly number[])[]): Int32Array {
  const having = new Map<number, number>();
  for (const rows of groups)
    for (const c of new Set(rows.map((row) => indices[row]))) having.set(c, (having.get(c) ?? 0) + 1);
  const left = (rows: readonly number[]): number =>
    Math.min(...rows.map((row) => (having.get(indices[row]) as number) - 1));
  const spare = groups.filter((rows) => left(rows) > 0);
  if (spare.length === 0)
    throw new DegenerateDataError(
      "labels",
      "give no class two pictures that may be separated, so that none can be both trained on and tested: add pictures",
    );
  spare.sort((a, b) => a.length - b.length || left(b) - left(a));
  return Int32Array.from(spare[0]).sort();
}
