/** What the main thread and the threads that lay out maps say to each other. */
import type { NeighbourTable } from "./fuzzy-set.js";

/** For umap-worker: neighbours and start in, points out. */
export interface UmapJob {
  table: NeighbourTable;
  /** where the points start: [n, 2] */
  start: Float64Array;
  minDist: number;
  spread: number;
  epochs: number;
  seed: number;
}

/** For umap-js-worker: vectors in, points out. */
export interface UmapJsJob {
  vectors: Float32Array;
  rows: number;
  cols: number;
  metric: "cosine" | "euclidean";
  neighbours: number;
  minDist: number;
  spread: number;
  epochs: number;
  seed: number;
}

export type WorkerAnswer = { done: number; total: number } | { points: Float32Array } | { error: string };
