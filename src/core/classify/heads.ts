/** The heads with their defaults, by the names that commands and reports know them under. */
import { checkChoice } from "../check-choice.js";
import { type Classifier, classifierNames } from "./classifier.js";
import type { Head } from "./head.js";
import { knnHead } from "./knn-head.js";
import { logisticHead } from "./logistic-head.js";
import { type MlpOptions, trainMlp } from "./mlp.js";
import { type CentroidOptions, trainCentroid } from "./nearest-centroid.js";

/** `trainCentroid` as a head. */
export function centroidHead(options: Omit<CentroidOptions, "signal"> = {}): Head {
  return {
    name: classifierNames.centroid,
    train: (data, { signal }) => trainCentroid(data, { ...options, ...(signal ? { signal } : {}) }),
  };
}

/** `trainMlp` as a head. */
export function mlpHead(options: Omit<MlpOptions, "seed" | "signal" | "onProgress"> = {}): Head {
  return {
    name: classifierNames.mlp,
    train: (data, { seed, signal }) => trainMlp(data, { ...options, seed, ...(signal ? { signal } : {}) }),
  };
}

export type HeadName = Classifier["kind"];

const makers: Readonly<Record<HeadName, () => Head>> = {
  knn: knnHead,
  centroid: centroidHead,
  logistic: logisticHead,
  mlp: mlpHead,
};

export const headNames: readonly HeadName[] = Object.keys(makers) as HeadName[];

/** @throws ArgumentError when there is no head of that name */
export function headNamed(name: HeadName): Head {
  checkChoice("head", name, headNames);
  return makers[name]();
}
