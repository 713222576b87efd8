/** The temperature with which cosines to centroids are the best probabilities. */
import { inTurns } from "../numeric/in-turns.js";
import type { Matrix } from "../numeric/matrix.js";
import type { Steps } from "../numeric/steps.js";
import { takeRows } from "../numeric/take-rows.js";
import { centroidCosines } from "./centroid-cosines.js";
import { fitSums } from "./cross-entropy.js";
import type { LabelledRows } from "./head.js";
import { scaledBlocks } from "./row-blocks.js";
import type { FeatureScaling } from "./scaling.js";

/** 0.01 to 1 in steps of a twentieth of a decade; below it a difference of 0.1 between cosines would be certainty. */
const temperatures = Array.from({ length: 41 }, (_, i) => 10 ** (-2 + i / 20));

/** cosines that are looked at, of rows that are spread evenly over all */
const mostCosines = 2 ** 18;

export interface FittedCentroids {
  readonly scaling: FeatureScaling;
  /** [classes, dim] */
  readonly centroids: Matrix;
  /** [classes], lengths of the sums of each class's directions */
  readonly lengths: Float64Array;
  /** [classes], training rows of each */
  readonly counts: Int32Array;
}

/**
 * The temperature of the lowest cross-entropy on rows that the centroids were not made of.
 *
 * @returns undefined when no row is of a class that has a centroid
 */
export async function temperatureOn(
  validation: LabelledRows,
  fitted: FittedCentroids,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const { indices } = validation.labels;
  const usable = Array.from(indices.keys()).filter((row) => fitted.counts[indices[row]] > 0);
  const chosen = { rows: spread(usable, fitted), argument: "validation" };
  const cosines = await cosinesOf(validation.vectors, chosen, fitted, signal);
  const truth = chosen.rows.map((row) => indices[row]);
  return truth.length === 0 ? undefined : inTurns(bestTemperature(cosines, truth), signal);
}

/**
 * The same on the rows that the centroids were made of, each compared with the mean direction of the others of its class.
 *
 * @returns undefined when no class has two rows
 */
export async function temperatureLeavingOut(
  { vectors, labels: { indices } }: LabelledRows,
  fitted: FittedCentroids,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const usable = Array.from(indices.keys()).filter((row) => fitted.counts[indices[row]] > 1);
  if (usable.length === 0) return undefined;
  const chosen = { rows: spread(usable, fitted), argument: "vectors" };
  const cosines = await cosinesOf(vectors, chosen, fitted, signal);
  const truth = chosen.rows.map((row) => indices[row]);
  truth.forEach((c, i) => {
    const at = i * cosines.cols + c;
    cosines.data[at] = cosineWithOthers(cosines.data[at], fitted.lengths[c]);
  });
  return inTurns(bestTemperature(cosines, truth), signal);
}

/** Of x, of length 1, with s - x, where s is a sum that holds x: from its cosine with s and the length of s. */
function cosineWithOthers(cosine: number, length: number): number {
  const square = length ** 2 - 2 * length * cosine + 1;
  // others that cancel out have no direction, which is neither near nor far
  return square < 1e-6 ? 0 : Math.max(-1, Math.min(1, (length * cosine - 1) / Math.sqrt(square)));
}

function spread(rows: readonly number[], { counts }: FittedCentroids): number[] {
  const stride = Math.max(1, Math.ceil((rows.length * counts.length) / mostCosines));
  return rows.filter((_, i) => i % stride === 0);
}

/** Cosines of chosen rows, in rising order, with the centroids: [chosen rows, classes]. */
async function cosinesOf(
  vectors: Matrix,
  { rows: chosen, argument }: { rows: readonly number[]; argument: string },
  { scaling, centroids }: FittedCentroids,
  signal?: AbortSignal,
): Promise<Matrix> {
  const { rows: classes } = centroids;
  const data = new Float32Array(chosen.length * classes);
  let done = 0;
  for await (const { rows, from } of scaledBlocks(vectors, scaling, { directions: true, argument, signal })) {
    const first = done;
    while (done < chosen.length && chosen[done] < from + rows.rows) done++;
    const own = chosen.slice(first, done).map((row) => row - from);
    if (own.length === 0) continue;
    data.set((await centroidCosines(takeRows(rows, own), centroids, signal)).data, first * classes);
  }
  return { data, rows: chosen.length, cols: classes };
}

/** Of equally good ones the highest, which is the least sure. */
function* bestTemperature(cosines: Matrix, truth: readonly number[]): Steps<number> {
  let best = { temperature: 1, loss: Infinity };
  for (const temperature of temperatures) {
    const { loss } = fitSums(cosines, truth, temperature);
    if (loss <= best.loss) best = { temperature, loss };
    yield;
  }
  return best.temperature;
}
