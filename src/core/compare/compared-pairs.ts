/** Every two models with one head, picture by picture. */
import type { ClassLabels } from "../classify/class-labels.js";
import { mcnemar } from "../evaluate/mcnemar.js";
import type { ComparedPair, ComparisonEntry } from "./comparison.js";
import { surestFirst } from "./surest-first.js";

/** What the entries' predictions are of. */
export interface TestedPictures {
  /** rows of the pictures */
  readonly tested: Int32Array;
  /** of all pictures */
  readonly labels: ClassLabels;
  /** [pictures], of near-duplicates, which count as one in tests */
  readonly groups: Int32Array;
}

export function comparedPairs(entries: readonly ComparisonEntry[], pictures: TestedPictures): ComparedPair[] {
  return entries.flatMap((a, i) =>
    entries
      .slice(i + 1)
      .filter((b) => b.head === a.head)
      .map((b) => comparedPair(a, b, pictures)),
  );
}

function comparedPair(
  a: ComparisonEntry,
  b: ComparisonEntry,
  { tested, labels, groups }: TestedPictures,
): ComparedPair {
  const [rightA, rightB] = [rightOf(a, tested, labels), rightOf(b, tested, labels)];
  return {
    ...{ a: a.model, b: b.model, head: a.head },
    test: mcnemar(rightA, rightB, { groups: Int32Array.from(tested, (row) => groups[row]) }),
    onlyA: surestFirst(a.predictions, (i) => rightA[i] && !rightB[i]).map((i) => tested[i]),
    onlyB: surestFirst(b.predictions, (i) => rightB[i] && !rightA[i]).map((i) => tested[i]),
  };
}

function rightOf({ predictions }: ComparisonEntry, tested: Int32Array, { indices }: ClassLabels): boolean[] {
  return Array.from(tested, (row, i) => predictions.predicted[i] === indices[row]);
}
