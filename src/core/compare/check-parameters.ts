/** Whether training changed what it was to train. */
import { trainedParameters } from "../classify/classifier.js";
import type { TrainedHead } from "../classify/head.js";
import type { ComparisonCheck } from "./comparison.js";

const name = "every trained parameter moved";

/** Numbers behind a unit that no training row reaches stay where they were; more than half of a tensor never should. */
const leastMoved = 0.5;

/** @param trained the heads of every split */
export function checkParameters(trained: readonly TrainedHead[], model: string, head: string): ComparisonCheck {
  const check = { name, model, head } as const;
  let [numbers, moved] = [0, 0];
  for (const { classifier, start } of trained) {
    for (const [tensor, after] of Object.entries(trainedParameters(classifier))) {
      const before = start[tensor];
      if (before?.length !== after.length)
        return {
          ...check,
          passed: false,
          finding: `what ${tensor} was before training is not known: give it as \`start\``,
        };
      const own = movedIn(before, after);
      if (own < leastMoved * after.length)
        return {
          ...check,
          passed: false,
          finding: `${own === 0 ? "none" : `only ${own}`} of the ${after.length} numbers of ${tensor} moved: the optimiser was not given them, or its rate is 0`,
        };
      numbers += after.length;
      moved += own;
    }
  }
  const finding = numbers === 0 ? "it keeps examples and trains nothing" : `${moved} of ${numbers} numbers moved`;
  return { ...check, passed: true, finding };
}

function movedIn(before: Float32Array, after: Float32Array): number {
  let moved = 0;
  for (let i = 0; i < after.length; i++) if (after[i] !== before[i]) moved++;
  return moved;
}
