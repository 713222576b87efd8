/** Wrong answers that a model was sure of, with what it had learnt from that is most like them. */
import type { ClassLabels } from "../classify/class-labels.js";
import { confidences, type Predictions } from "../classify/predictions.js";
import type { Split } from "../evaluate/split.js";
import type { Matrix } from "../numeric/matrix.js";
import { neighbours } from "../numeric/neighbours.js";
import { takeRows } from "../numeric/take-rows.js";
import type { ConfidentMistake } from "./comparison.js";
import { surestFirst } from "./surest-first.js";

/** mistakes that are explained */
const mostMistakes = 24;
/** training pictures that are shown for each */
const nearestShown = 4;

interface Judged {
  readonly predictions: Predictions;
  /** the rows that they are of */
  readonly tested: Int32Array;
  readonly labels: ClassLabels;
  readonly vectors: Matrix;
  readonly splits: readonly Split[];
}

export async function confidentMistakes(judged: Judged, signal?: AbortSignal): Promise<ConfidentMistake[]> {
  const { predictions, tested, labels } = judged;
  const sure = confidences(predictions);
  const isWrong = (i: number): boolean => predictions.predicted[i] !== labels.indices[tested[i]];
  const wrong = surestFirst(predictions, isWrong).slice(0, mostMistakes);
  const nearest = await nearestTraining(
    judged,
    wrong.map((i) => tested[i]),
    signal,
  );
  return wrong.map((i) => ({
    row: tested[i],
    truth: labels.classes[labels.indices[tested[i]]],
    predicted: labels.classes[predictions.predicted[i]],
    confidence: sure[i],
    nearest: nearest.get(tested[i]) ?? [],
  }));
}

/** For each of the rows, the rows nearest to it that trained when it was tested. */
async function nearestTraining(
  { labels, vectors, splits }: Judged,
  rows: readonly number[],
  signal?: AbortSignal,
): Promise<Map<number, ConfidentMistake["nearest"]>> {
  const found = new Map<number, ConfidentMistake["nearest"]>();
  for (const { train, test } of splits) {
    const tested = new Set(test);
    const asked = rows.filter((row) => tested.has(row) && !found.has(row));
    if (asked.length === 0) continue;
    const { indices, similarities, k } = await neighbours(takeRows(vectors, train), {
      ...{ k: nearestShown, metric: "cosine", queries: takeRows(vectors, asked) },
      ...(signal ? { signal } : {}),
    });
    asked.forEach((row, i) => {
      const own = Array.from(indices.subarray(i * k, (i + 1) * k), (place, j) => ({
        row: train[place],
        similarity: similarities[i * k + j],
        label: labels.classes[labels.indices[train[place]]],
      }));
      found.set(row, own);
    });
  }
  return found;
}
