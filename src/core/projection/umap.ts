import { ofCell } from "../display-hook.js";
import { DegenerateDataError, ShapeError } from "../errors.js";
import { inTurns } from "../numeric/in-turns.js";
import { type LabelledVectors, labelledVectors } from "../numeric/labelled-vectors.js";
import { checkFiniteSteps, type Matrix } from "../numeric/matrix.js";
import { type Metric, type Neighbours, neighbours } from "../numeric/neighbours.js";
import { normaliseRowsSteps } from "../numeric/normalise.js";
import { rowRanges, type Steps } from "../numeric/steps.js";
import type { Picture } from "../picture.js";
import { runJob } from "./run-job.js";
import { resolveSettings, type UmapOptions, type UmapSettings } from "./settings.js";
import { startPoints } from "./start-points.js";
import { mostNeighbours, trustworthiness } from "./trustworthiness.js";

export type { LabelledVectors } from "../numeric/labelled-vectors.js";
export type { UmapOptions, UmapSettings } from "./settings.js";

/** A map of vectors and how far it can be believed. */
export interface Projection {
  /** one point a row: [n, 2] */
  points: Matrix;
  /** 0 to 1, see `trustworthiness`, with distances in the data by the map's metric */
  trustworthiness: number;
  /** 0 to 1: the share of the k nearest points on the map that are among the k nearest rows of the data */
  neighbourOverlap: number;
  /** the neighbours of a row that both measures look at */
  k: number;
  /** points that the measures looked at: all, or a seeded sample of a large map */
  measured: number;
  engine: "patchlab" | "umap-js";
  /** as used, which may be less than what was asked for: see notes */
  options: UmapSettings;
  seed: number;
  /** sentences on what was done otherwise than asked; mostly empty */
  notes: string[];
  pictures?: readonly Picture[];
  labels?: readonly string[];
  modelName?: string;
  /** height and width of that model's input in pixels, where known */
  inputSize?: readonly [height: number, width: number];
}

/**
 * A map of vectors in the plane by UMAP: rows that are near each other in the data are drawn near each other. Distances
 * between far points and the sizes of groups mean little; `trustworthiness` and `neighbourOverlap` say how much of the
 * neighbourhoods is true.
 *
 * @param x n x d vectors, 3 rows or more, or a record of them with their pictures and labels, which the result carries
 * @throws ShapeError with fewer than 3 rows, or pictures or labels of another number; NotFiniteError naming the first row
 *   with NaN or an infinity; DegenerateDataError when all rows are equal, or one is zero under "cosine"; ArgumentError
 *   naming the option that is out of its range
 * @see McInnes, Healy & Melville 2018, arXiv:1802.03426
 * @example const map = await umap(features.cls, { neighbours: 15, seed: 0 });
 */
export async function umap(x: Matrix | LabelledVectors, options: UmapOptions = {}): Promise<Projection> {
  const { vectors, pictures, labels, modelName, size } = labelledVectors(x, "x");
  checkSize(vectors);
  const { seed = 0, engine = "patchlab", signal } = ofCell(options);
  const { used, notes } = resolveSettings(vectors.rows, options);
  const ready = await inTurns(preparedVectors(vectors, used.metric), signal);
  const report = percentReporter(options.onProgress);
  const run = engine === "umap-js" ? layOutByUmapJs : layOut;
  const points = { data: await run(ready, { ...used, seed, signal, report }), rows: vectors.rows, cols: 2 };
  const measures = await trustworthiness(ready, points, {
    k: Math.min(used.neighbours, mostNeighbours(vectors.rows)),
    metric: used.metric,
    seed,
    onProgress: (done, total) => report(90, 100, done / total),
    ...(signal ? { signal } : {}),
  });
  if (measures.measured < vectors.rows)
    notes.push(`trustworthiness and overlap were measured on ${measures.measured} of ${vectors.rows} points`);
  const carried = {
    ...(pictures ? { pictures } : {}),
    ...(labels ? { labels } : {}),
    ...(modelName ? { modelName } : {}),
    ...(size ? { inputSize: size } : {}),
  };
  return { points, ...measures, engine, options: used, seed, notes, ...carried };
}

interface Job extends UmapSettings {
  seed: number;
  signal: AbortSignal | undefined;
  /** reports the share of the way from one percentage to another */
  report: (from: number, to: number, share: number) => void;
}

async function layOut(x: Matrix, job: Job): Promise<Float32Array> {
  const { metric, seed, signal, report } = job;
  const near: Neighbours = await neighbours(x, {
    k: job.neighbours - 1,
    metric,
    excludeSelf: true,
    onProgress: (done, total) => report(0, 30, done / total),
    ...(signal ? { signal } : {}),
  });
  const table = { indices: near.indices, distances: near.distances, n: near.rows, k: near.k };
  const start = await startPoints(x, seed, signal);
  const { minDist, spread, epochs } = job;
  return runJob(
    "umap",
    { table, start, minDist, spread, epochs, seed },
    { signal, onProgress: (done, total) => report(30, 90, done / total) },
  );
}

function layOutByUmapJs(x: Matrix, job: Job): Promise<Float32Array> {
  const { report, signal, ...settings } = job;
  return runJob(
    "umap-js",
    { ...settings, vectors: x.data, rows: x.rows, cols: x.cols },
    { signal, onProgress: (done, total) => report(0, 90, done / total) },
  );
}

function checkSize(vectors: Matrix): void {
  if (vectors.rows < 3 || vectors.cols < 1)
    throw new ShapeError(
      "x",
      `is ${vectors.rows} x ${vectors.cols}: a map needs 3 rows or more of at least one number`,
    );
}

/** The vectors, of length 1 under "cosine". @throws as umap */
function* preparedVectors(vectors: Matrix, metric: Metric): Steps<Matrix> {
  yield* checkFiniteSteps(vectors, "x");
  const ready = metric === "cosine" ? yield* normaliseRowsSteps(vectors, "x") : vectors;
  // rows of one direction differ in the rounding of their length
  const tolerance = metric === "cosine" ? 1e-6 : 0;
  if (yield* haveEqualRows(ready, tolerance))
    throw new DegenerateDataError(
      "x",
      "has rows that are all equal: there is nothing to map, give vectors that differ",
    );
  return ready;
}

function* haveEqualRows({ data, rows, cols }: Matrix, tolerance: number): Steps<boolean> {
  for (const { from, to } of rowRanges(rows, cols)) {
    for (let i = from * cols; i < to * cols; i++) if (Math.abs(data[i] - data[i % cols]) > tolerance) return false;
    yield;
  }
  return true;
}

function percentReporter(onProgress: UmapOptions["onProgress"]): Job["report"] {
  let last = -1;
  return (from, to, share) => {
    const percent = Math.floor(from + (to - from) * share);
    if (percent > last) onProgress?.(percent, 100);
    last = Math.max(last, percent);
  };
}
