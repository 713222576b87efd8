/** The votes of nearest training rows: one search of neighbours, and their weights for any number of them. */
import { ArgumentError } from "../errors.js";
import { holdBase } from "../numeric/held-base.js";
import { inTurns } from "../numeric/in-turns.js";
import type { Matrix } from "../numeric/matrix.js";
import { metricSpace } from "../numeric/metric-space.js";
import { type Nearest, nearest } from "../numeric/nearest.js";
import { checkCount } from "../numeric/neighbours.js";
import { rowRanges, type Steps } from "../numeric/steps.js";
import type { KnnClassifier } from "./classifier.js";

/** DINO's temperature. */
export const dinoTemperature = 0.07;

export type StoredRows = Pick<KnnClassifier, "vectors" | "labels" | "classes">;

export interface VoteSearch {
  /** the probabilities of some rows by their k nearest, for each k: [rows, classes] each */
  votes(rows: Matrix, ks: readonly number[], signal?: AbortSignal): Promise<Float32Array[]>;
  release(): Promise<void>;
}

/**
 * Takes the training rows to onnxruntime.
 *
 * @throws ArgumentError when the temperature is not above 0
 */
export async function openVotes(stored: StoredRows, temperature: number, signal?: AbortSignal): Promise<VoteSearch> {
  checkTemperature(temperature);
  const space = await inTurns(metricSpace(stored.vectors, "cosine", "vectors"), signal);
  const held = await holdBase(space);
  return {
    async votes(rows, ks, signal) {
      for (const k of ks) checkCount(k, "k");
      const prepared = await inTurns(space.prepare(rows, "x"), signal);
      const found = await nearest(held, prepared, Math.max(...ks), signal ? { signal } : {});
      const votes: Float32Array[] = [];
      for (const k of ks) votes.push(await inTurns(votesSteps(found, rows.rows, k, stored, temperature), signal));
      return votes;
    },
    release: () => held.release(),
  };
}

/** @throws ArgumentError when the temperature is not above 0 */
export function checkTemperature(temperature: number): void {
  if (!(temperature > 0 && Number.isFinite(temperature)))
    throw new ArgumentError("temperature", `is ${temperature}: give a number above 0, such as ${dinoTemperature}`);
}

/** exp(similarity / temperature) of the k nearest, summed by class, as shares. */
function* votesSteps(
  found: Nearest,
  rows: number,
  k: number,
  { labels, classes }: StoredRows,
  temperature: number,
): Steps<Float32Array> {
  const count = classes.length;
  const out = new Float32Array(rows * count);
  const sums = new Float64Array(count);
  const each = Math.min(k, found.k);
  for (const { from, to } of rowRanges(rows, 10 * each + count)) {
    for (let i = from; i < to; i++) {
      sums.fill(0);
      const first = i * found.k;
      let total = 0;
      for (let j = first; j < first + each; j++) {
        // less the largest similarity, which is a factor of all the weights and so changes no share
        const weight = Math.exp((found.measures[j] - found.measures[first]) / temperature);
        sums[labels[found.indices[j]]] += weight;
        total += weight;
      }
      for (let c = 0; c < count; c++) out[i * count + c] = sums[c] / total;
    }
    yield;
  }
  return out;
}
