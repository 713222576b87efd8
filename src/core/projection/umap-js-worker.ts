/** The worker thread that lays out a map with umap-js, which would block its caller from beginning to end. */
import { UMAP } from "umap-js";
import { seededRandom } from "../numeric/random.js";
import { answerJob } from "./answer-job.js";
import type { UmapJsJob } from "./messages.js";

/** Cosine distance of vectors that have length 1. */
function cosineDistance(x: number[], y: number[]): number {
  let dot = 0;
  for (let i = 0; i < x.length; i++) dot += x[i] * y[i];
  return Math.max(0, 1 - dot);
}

answerJob<UmapJsJob>((job, report) => {
  const { vectors, rows, cols, metric } = job;
  const umap = new UMAP({
    nNeighbors: job.neighbours,
    minDist: job.minDist,
    spread: job.spread,
    nEpochs: job.epochs,
    // umap-js draws from Math.random unless told otherwise
    random: seededRandom(job.seed),
    ...(metric === "cosine" ? { distanceFn: cosineDistance } : {}),
  });
  umap.initializeFit(Array.from({ length: rows }, (_, i) => Array.from(vectors.subarray(i * cols, (i + 1) * cols))));
  for (let epoch = 0; epoch < job.epochs; epoch++) {
    umap.step();
    report(epoch + 1, job.epochs);
  }
  return Float32Array.from(umap.getEmbedding().flat());
});
