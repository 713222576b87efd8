/** Whether what is tested was kept from training. */
import { ArgumentError } from "../errors.js";
import { checkSplitRows } from "../evaluate/check-split.js";
import type { LeakReport } from "../evaluate/near-duplicates.js";
import type { Split } from "../evaluate/split.js";
import type { Picture } from "../picture.js";
import type { ComparisonCheck } from "./comparison.js";

/** @param leaks near-duplicates on both sides of the splits */
export function checkDisjoint(
  splits: readonly Split[],
  leaks: LeakReport,
  pictures: readonly Picture[],
): ComparisonCheck {
  const name = "train and test disjoint";
  for (const { train, validation, test } of splits) {
    const tested = new Set(test);
    const both = [...train, ...validation].find((row) => tested.has(row));
    if (both !== undefined)
      return { name, passed: false, finding: `${pictures[both].name} both trains and is tested: put it on one side` };
  }
  const [first] = leaks.pairs;
  if (first)
    return {
      name,
      passed: false,
      finding: `${leaks.testRows.length} tested pictures have a near-duplicate among those that train, such as ${pictures[first.b].name} and ${pictures[first.a].name} (cosine ${first.similarity.toFixed(3)}): keep them on one side`,
    };
  const tested = splits.reduce((sum, { test }) => sum + test.length, 0);
  return {
    name,
    passed: true,
    finding: `none of the ${tested} tested pictures trains, and none has a near-duplicate that does (cosine ${leaks.threshold.toFixed(2)} or more)`,
  };
}

/** @throws ArgumentError when a split names a picture that is not there, or has nothing to train or to test */
export function checkSplits(splits: readonly Split[], pictures: number): void {
  if (splits.length === 0) throw new ArgumentError("splits", "is empty: give at least one, or leave it out");
  splits.forEach((split, i) => {
    checkSplitRows(split, pictures, `splits[${i}]`);
  });
}
