import { ofCell } from "../display-hook.js";
import { DegenerateDataError } from "../errors.js";
import { inTurns } from "../numeric/in-turns.js";
import { type FittedCentroids, temperatureLeavingOut, temperatureOn } from "./centroid-temperature.js";
import { classCounts } from "./class-labels.js";
import type { CentroidClassifier } from "./classifier.js";
import type { LabelledRows, TrainedHead, TrainingNotes, TrainingSet } from "./head.js";
import { checkTemperature } from "./knn-votes.js";
import { scaledBlocks } from "./row-blocks.js";
import { type FeatureScaling, fitScalingSteps, type ScalingRule } from "./scaling.js";
import { checkTrainingSet } from "./training-rows.js";

export interface CentroidOptions {
  /** what is done to the vectors before their directions are compared @default "l2", which leaves directions as they are */
  readonly scaling?: ScalingRule;
  /** cosines are divided by it before the softmax; it changes probabilities alone @default chosen, see `trainCentroid` */
  readonly temperature?: number;
  readonly signal?: AbortSignal;
}

/** Where nothing can choose: no validation rows, and no class with two training rows. */
const defaultTemperature = 0.1;

/**
 * Nearest centroid: a row belongs to the class whose mean direction has the largest cosine with its own. The temperature
 * that makes probabilities of cosines is the one from 0.01 to 1 with the lowest cross-entropy on the validation rows, or,
 * without them, on the training rows, each compared with the mean of the others of its class. Classes without training
 * rows get the probability 0; validation rows of such choose nothing.
 *
 * @throws what `checkTrainingSet` throws; NotFiniteError naming the first bad row; DegenerateDataError naming the first
 *   row of zeros, or a class whose directions cancel out; ArgumentError when the temperature is not above 0
 */
export async function trainCentroid(
  data: TrainingSet,
  options: CentroidOptions = {},
): Promise<TrainedHead<CentroidClassifier>> {
  const { scaling: rule = "l2", temperature, signal } = ofCell(options);
  checkTrainingSet(data);
  if (temperature !== undefined) checkTemperature(temperature);
  const scaling = await inTurns(fitScalingSteps(data.vectors, rule, "vectors"), signal);
  const fitted = meanDirections(await directionSums(data, scaling, signal), data, scaling);
  const chosen = temperature === undefined ? await chooseTemperature(data, fitted, signal) : { temperature };
  const classifier: CentroidClassifier = {
    kind: "centroid",
    classes: data.labels.classes,
    dim: data.vectors.cols,
    scaling,
    centroids: fitted.centroids,
    temperature: chosen.temperature,
  };
  const { remarks } = chosen;
  return { classifier, start: {}, notes: { chosen: { temperature: chosen.temperature }, ...(remarks && { remarks }) } };
}

/** Sums of the rows' directions by class, in 64 bits: [classes, dim]. */
async function directionSums(
  { vectors, labels }: LabelledRows,
  scaling: FeatureScaling,
  signal?: AbortSignal,
): Promise<Float64Array> {
  const { cols } = vectors;
  const sums = new Float64Array(labels.classes.length * cols);
  const options = { directions: true, argument: "vectors", signal };
  for await (const { rows, from } of scaledBlocks(vectors, scaling, options))
    for (let i = 0; i < rows.rows; i++) {
      const start = labels.indices[from + i] * cols;
      for (let j = 0; j < cols; j++) sums[start + j] += rows.data[i * cols + j];
    }
  return sums;
}

/** A sum of directions shorter than this, for each of them, is rounding. */
const shortest = 1e-6;

function meanDirections(
  sums: Float64Array,
  { vectors, labels }: LabelledRows,
  scaling: FeatureScaling,
): FittedCentroids {
  const { cols } = vectors;
  const counts = classCounts(labels);
  const data = new Float32Array(sums.length).fill(Number.NaN);
  const lengths = Float64Array.from(counts, (count, c) => {
    const sum = sums.subarray(c * cols, (c + 1) * cols);
    const length = Math.sqrt(sum.reduce((squares, v) => squares + v * v, 0));
    if (count > 0 && length <= shortest * count)
      throw new DegenerateDataError(
        "vectors",
        `of class "${labels.classes[c]}" cancel out, so that the class has no mean direction: give it other pictures, or choose another head`,
      );
    if (count > 0)
      data.set(
        Float32Array.from(sum, (v) => v / length),
        c * cols,
      );
    return length;
  });
  return { scaling, centroids: { data, rows: counts.length, cols }, lengths, counts };
}

type Choice = { readonly temperature: number } & Pick<TrainingNotes, "remarks">;

async function chooseTemperature(data: TrainingSet, fitted: FittedCentroids, signal?: AbortSignal): Promise<Choice> {
  const validated = data.validation && (await temperatureOn(data.validation, fitted, signal));
  const temperature = validated ?? (await temperatureLeavingOut(data, fitted, signal));
  if (temperature !== undefined) return { temperature };
  const remarks = [`no class has two rows to choose the temperature of probabilities: it is ${defaultTemperature}`];
  return { temperature: defaultTemperature, remarks };
}
