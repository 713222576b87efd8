/** Whether training changed what it was to train. */
import { type Parameters, trainedParameters } from "../classify/classifier.js";
import type { LabelledRows, TrainedHead } from "../classify/head.js";
import type { Split } from "../evaluate/split.js";
import type { ComparisonCheck } from "./comparison.js";
import { reachedNumbers } from "./reached-numbers.js";

const name = "every trained parameter moved";

/** Numbers behind a unit that no training row reaches stay where they were; more than half of a tensor never should. */
const leastMoved = 0.5;

export interface TrainedHeads {
  readonly model: string;
  readonly head: string;
  /** one a split */
  readonly trained: readonly TrainedHead[];
  readonly splits: readonly Split[];
  /** all rows */
  readonly rows: LabelledRows;
}

export function checkParameters({ model, head, trained, splits, rows }: TrainedHeads): ComparisonCheck {
  const check = { name, model, head } as const;
  let [numbers, moved] = [0, 0];
  for (const [i, { classifier, start }] of trained.entries()) {
    const isReached = reachedNumbers(classifier, rows, splits[i].train);
    for (const [tensor, after] of Object.entries(trainedParameters(classifier))) {
      const before = (start as Parameters | undefined)?.[tensor];
      if (before?.length !== after.length)
        return {
          ...check,
          passed: false,
          finding: `what ${tensor} was before training is not known: give it as \`start\``,
        };
      const { own, reached } = movedIn(before, after, isReached(tensor, after.length));
      if (own < leastMoved * reached)
        return {
          ...check,
          passed: false,
          finding: `${own === 0 ? "none" : `only ${own}`} of the ${reached} numbers of ${tensor} moved: the optimiser was not given them, or its rate is 0`,
        };
      numbers += reached;
      moved += own;
    }
  }
  const finding = numbers === 0 ? "it keeps examples and trains nothing" : `${moved} of ${numbers} numbers moved`;
  return { ...check, passed: true, finding };
}

/** Of the numbers that training rows reach. */
function movedIn(
  before: Float32Array,
  after: Float32Array,
  isReached: (place: number) => boolean,
): { own: number; reached: number } {
  let [own, reached] = [0, 0];
  for (let i = 0; i < after.length; i++) {
    if (!isReached(i)) continue;
    reached++;
    if (after[i] !== before[i]) own++;
  }
  return { own, reached };
}
