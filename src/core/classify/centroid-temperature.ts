/** The temperature with which cosines to centroids are the best probabilities. */
import { inTurns } from "../numeric/in-turns.js";
import type { Matrix } from "../numeric/matrix.js";
import type { Steps } from "../numeric/steps.js";
import { centroidCosines } from "./centroid-cosines.js";
import { fitSums } from "./cross-entropy.js";
import type { LabelledRows } from "./head.js";
import { rowsOf } from "./labelled-rows.js";
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
}

/** The temperature of the lowest cross-entropy on rows that the centroids were not made of. */
export async function temperatureOn(
  { vectors, labels }: LabelledRows,
  { scaling, centroids }: FittedCentroids,
  signal?: AbortSignal,
): Promise<number> {
  const rows = spread(Array.from(labels.indices.keys()), labels.classes.length);
  const cosines = await cosinesOf(rowsOf(vectors, rows), scaling, centroids, signal);
  const truth = rows.map((row) => labels.indices[row]);
  return inTurns(bestTemperature(cosines, truth), signal);
}

/**
 * The same on the rows that the centroids were made of, each compared with the mean direction of the others of its class.
 *
 * @param counts training rows of each class
 * @returns undefined when no class has two rows
 */
export async function temperatureLeavingOut(
  { vectors, labels }: LabelledRows,
  { scaling, centroids, lengths }: FittedCentroids,
  counts: Int32Array,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const usable = Array.from(labels.indices.keys()).filter((row) => counts[labels.indices[row]] > 1);
  if (usable.length === 0) return undefined;
  const rows = spread(usable, labels.classes.length);
  const cosines = await cosinesOf(rowsOf(vectors, rows), scaling, centroids, signal);
  const truth = rows.map((row) => labels.indices[row]);
  truth.forEach((c, i) => {
    const at = i * cosines.cols + c;
    cosines.data[at] = cosineWithOthers(cosines.data[at], lengths[c]);
  });
  return inTurns(bestTemperature(cosines, truth), signal);
}

/** Of x, of length 1, with s - x, where s is a sum that holds x: from its cosine with s and the length of s. */
function cosineWithOthers(cosine: number, length: number): number {
  const square = length ** 2 - 2 * length * cosine + 1;
  // others that cancel out have no direction, which is neither near nor far
  return square < 1e-6 ? 0 : Math.max(-1, Math.min(1, (length * cosine - 1) / Math.sqrt(square)));
}

function spread(rows: readonly number[], classes: number): number[] {
  const stride = Math.max(1, Math.ceil((rows.length * classes) / mostCosines));
  return rows.filter((_, i) => i % stride === 0);
}

async function cosinesOf(
  vectors: Matrix,
  scaling: FeatureScaling,
  centroids: Matrix,
  signal?: AbortSignal,
): Promise<Matrix> {
  const data = new Float32Array(vectors.rows * centroids.rows);
  for await (const { rows, from } of scaledBlocks(vectors, scaling, { directions: true, signal }))
    data.set((await centroidCosines(rows, centroids, signal)).data, from * centroids.rows);
  return { data, rows: vectors.rows, cols: centroids.rows };
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
