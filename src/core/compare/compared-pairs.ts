/** Every two models with one head, picture by picture. */
import type { ClassLabels } from "../classify/class-labels.js";
import { confidences } from "../classify/predictions.js";
import { mcnemar } from "../evaluate/mcnemar.js";
import type { ComparedPair, ComparisonEntry } from "./comparison.js";

/** @param tested the pictures that the entries' predictions are of */
export function comparedPairs(
  entries: readonly ComparisonEntry[],
  tested: Int32Array,
  labels: ClassLabels,
): ComparedPair[] {
  return entries.flatMap((a, i) =>
    entries
      .slice(i + 1)
      .filter((b) => b.head === a.head)
      .map((b) => comparedPair(a, b, tested, labels)),
  );
}

function comparedPair(a: ComparisonEntry, b: ComparisonEntry, tested: Int32Array, labels: ClassLabels): ComparedPair {
  const [rightA, rightB] = [rightOf(a, tested, labels), rightOf(b, tested, labels)];
  return {
    ...{ a: a.model, b: b.model, head: a.head },
    test: mcnemar(rightA, rightB),
    onlyA: surestFirst(a, tested, (i) => rightA[i] && !rightB[i]),
    onlyB: surestFirst(b, tested, (i) => rightB[i] && !rightA[i]),
  };
}

export function rightOf({ predictions }: ComparisonEntry, tested: Int32Array, { indices }: ClassLabels): boolean[] {
  return Array.from(tested, (row, i) => predictions.predicted[i] === indices[row]);
}

/** Pictures of which `wanted` holds, those first of which the entry was the surest. */
function surestFirst({ predictions }: ComparisonEntry, tested: Int32Array, wanted: (i: number) => boolean): number[] {
  const sure = confidences(predictions);
  return Array.from(tested, (_, i) => i)
    .filter(wanted)
    .sort((i, j) => sure[j] - sure[i] || i - j)
    .map((i) => tested[i]);
}
