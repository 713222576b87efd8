import { ofCell } from "../display-hook.js";
import { ArgumentError, ShapeError } from "../errors.js";
import { inTurns } from "../numeric/in-turns.js";
import { checkMatrix, type Matrix } from "../numeric/matrix.js";
import { checkCount } from "../numeric/neighbours.js";
import type { KnnClassifier } from "./classifier.js";
import type { LabelledRows, TrainedHead } from "./head.js";
import { checkTemperature, dinoTemperature, openVotes } from "./knn-votes.js";
import { type Predictions, predictionsOf } from "./predictions.js";
import { scaledBlocks } from "./row-blocks.js";
import { fitScalingSteps, type ScalingRule, scaledRowsSteps, unitRowsSteps } from "./scaling.js";
import { checkTrainingSet } from "./training-rows.js";

export interface KnnOptions {
  /** how many training rows vote; where there are fewer, all of them @default 20, which DINO found best most often */
  readonly k?: number;
  /** similarities are divided by it before the exponential that weighs the votes @default 0.07, as DINO */
  readonly temperature?: number;
  /** what is done to the vectors before their directions are compared @default "l2", which leaves directions as they are */
  readonly scaling?: ScalingRule;
  readonly signal?: AbortSignal;
}

export const defaultK = 20;

/** The numbers of neighbours that DINO's evaluation tries. */
export const defaultKs: readonly number[] = [10, 20, 100, 200];

/**
 * DINO's weighted k-NN: the k training rows with the largest cosine similarity vote for their classes, each with the
 * weight exp(similarity / temperature). Training stores the rows.
 *
 * @throws what `checkTrainingSet` throws; NotFiniteError naming the first bad row; DegenerateDataError naming the first
 *   row of zeros; ArgumentError when k is no whole number of 1 or more or the temperature is not above 0
 * @see Wu et al. 2018, arXiv:1805.01978, section 3.4; Caron et al. 2021, arXiv:2104.14294
 */
export async function trainKnn(data: LabelledRows, options: KnnOptions = {}): Promise<TrainedHead<KnnClassifier>> {
  const { k = defaultK, temperature = dinoTemperature, scaling = "l2", signal } = ofCell(options);
  checkTrainingSet({ vectors: data.vectors, labels: data.labels });
  checkCount(k, "k");
  checkTemperature(temperature);
  const classifier: KnnClassifier = {
    kind: "knn",
    ...(await storedRows(data, scaling, signal)),
    k: Math.min(k, data.vectors.rows),
    temperature,
  };
  return { classifier, start: {}, notes: { chosen: { k: classifier.k } } };
}

export interface KnnSweepOptions extends Omit<KnnOptions, "k"> {
  /** numbers of neighbours @default [10, 20, 100, 200], as DINO */
  readonly ks?: readonly number[];
  /** called after each block, with rows of `test` */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What the k nearest say. */
export interface KnnSweepEntry {
  readonly k: number;
  readonly predictions: Predictions;
}

/**
 * The predictions of `trainKnn` for several k, of one search for neighbours.
 *
 * @param test [rows, dim], as the model gave them
 * @returns one entry for each of `ks`, in their order
 * @throws as `trainKnn`; ShapeError when `test` has another number of columns
 */
export function knnSweep(train: LabelledRows, test: Matrix, options: KnnSweepOptions = {}): Promise<KnnSweepEntry[]> {
  return sweepRows(train, test, "test", options);
}

/** `knnSweep` of rows that errors call by another name. */
export async function sweepRows(
  train: LabelledRows,
  test: Matrix,
  argument: string,
  options: KnnSweepOptions,
): Promise<KnnSweepEntry[]> {
  const { ks = defaultKs, temperature = dinoTemperature, scaling = "l2", signal, onProgress } = ofCell(options);
  checkTrainingSet({ vectors: train.vectors, labels: train.labels }, "train");
  checkKs(ks);
  checkTemperature(temperature);
  checkTestRows(test, train.vectors.cols, argument);
  const stored = await storedRows(train, scaling, signal);
  const classes = stored.classes.length;
  const tables = ks.map(() => new Float32Array(test.rows * classes));
  const search = await openVotes(stored, temperature, signal);
  try {
    const width = Math.max(classes * ks.length, 2 * Math.min(Math.max(...ks), train.vectors.rows));
    const options = { width, directions: true, argument, signal };
    for await (const { rows, from } of scaledBlocks(test, stored.scaling, options)) {
      const votes = await search.votes(rows, ks, signal);
      votes.forEach((shares, i) => {
        tables[i].set(shares, from * classes);
      });
      onProgress?.(from + rows.rows, test.rows);
    }
  } finally {
    await search.release();
  }
  return ks.map((k, i) => ({
    k,
    predictions: predictionsOf(stored.classes, { data: tables[i], rows: test.rows, cols: classes }),
  }));
}

async function storedRows({ vectors, labels }: LabelledRows, rule: ScalingRule, signal?: AbortSignal) {
  const scaling = await inTurns(fitScalingSteps(vectors, rule, "vectors"), signal);
  const scaled = await inTurns(scaledRowsSteps(vectors, scaling, { argument: "vectors" }), signal);
  const names = { argument: "vectors", from: 0 };
  return {
    classes: labels.classes,
    dim: vectors.cols,
    scaling,
    vectors: rule === "l2" ? scaled : await inTurns(unitRowsSteps(scaled, names), signal),
    // the caller's may change
    labels: labels.indices.slice(),
  };
}

function checkTestRows(test: Matrix, dim: number, argument: string): void {
  checkMatrix(test, argument);
  if (test.cols !== dim)
    throw new ShapeError(
      argument,
      `has ${test.cols} numbers a row where the training rows have ${dim}: use vectors of one model`,
    );
}

/** @throws ArgumentError when `ks` is empty or holds anything but whole numbers of 1 or more */
export function checkKs(ks: readonly number[]): void {
  if (!Array.isArray(ks) || ks.length === 0)
    throw new ArgumentError("ks", "is no list of numbers of neighbours: give one such as [10, 20, 100, 200]");
  for (const k of ks) checkCount(k, "ks");
}
