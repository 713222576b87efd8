/** Principal components to and from the JSON form of ml-pca (`PCA.load` and `toJSON`), a peer for JavaScript. */
import { z } from "zod";
import { ArgumentError, ShapeError } from "../errors.js";
import type { Pca } from "./principal.js";

/** What `PCA.load` reads; `nSamples` and `totalVariance` are ours, and ml-pca passes over them. */
export interface MlPcaModel {
  name: "PCA";
  center: boolean;
  scale: boolean;
  means: number[];
  stdevs: null;
  /** axes as columns: [cols][nComponents] */
  U: number[][];
  /** variance along each axis */
  S: number[];
  excludedFeatures: number[];
  nSamples: number;
  totalVariance: number;
}

/**
 * The JSON form that `PCA.load` of ml-pca reads. Its `getExplainedVariance` divides by the sum over the axes it has,
 * so with fewer axes than columns it reports larger shares than `explainedVarianceRatio`.
 *
 * @see https://github.com/mljs/pca, version 4
 */
export function toMlPca(pca: Pca): MlPcaModel {
  const { data, rows, cols } = pca.components;
  const ratio = pca.explainedVarianceRatio[0];
  return {
    name: "PCA",
    center: true,
    scale: false,
    means: Array.from(pca.mean),
    stdevs: null,
    U: Array.from({ length: cols }, (_, j) => Array.from({ length: rows }, (_, k) => data[k * cols + j])),
    S: Array.from(pca.explainedVariance),
    excludedFeatures: [],
    nSamples: pca.nSamples,
    totalVariance: ratio > 0 ? pca.explainedVariance[0] / ratio : 0,
  };
}

const numbers = z.array(z.number());
const mlPcaModel = z.object({
  name: z.literal("PCA"),
  center: z.boolean(),
  scale: z.boolean(),
  means: numbers.nullable(),
  U: z.array(numbers.min(1)).min(1),
  S: numbers,
  nSamples: z.number().int().nonnegative().optional(),
  totalVariance: z.number().nonnegative().optional(),
});

/**
 * Reads what ml-pca's `toJSON` gave, as an object or parsed from JSON. The axes keep their signs, so that scores stay
 * what they were there. Shares of variance are of the axes in the model, which is the whole when it was fitted by SVD
 * or from the covariance matrix. Models fitted by NIPALS hold sums of squares in place of variances: ml-pca does not
 * divide them by the number of samples less one, and its JSON does not tell.
 *
 * @param model the JSON form, from outside: checked
 * @returns nSamples is 0 where the model does not say it
 * @throws ArgumentError when the form is another or the model scales its columns; ShapeError when sizes disagree
 */
export function fromMlPca(model: unknown): Pca {
  // ml-pca's toJSON leaves U an object of its own that becomes lists only when written as JSON
  const parsed = mlPcaModel.safeParse(JSON.parse(JSON.stringify(model ?? null)));
  if (!parsed.success)
    throw new ArgumentError("model", `is not the JSON form of an ml-pca model: ${firstProblem(parsed.error)}`);
  const { center, scale, means, U, S, nSamples = 0, totalVariance } = parsed.data;
  if (scale)
    throw new ArgumentError("model", "divides columns by their deviations (scale: true): fit it without scale");
  const cols = U.length;
  const count = U[0].length;
  const mean = center ? (means ?? []) : new Array<number>(cols).fill(0);
  if (U.some((axis) => axis.length !== count) || mean.length !== cols || S.length < count)
    throw new ShapeError(
      "model",
      `has ${cols} x ${count} entries in U, ${mean.length} means and ${S.length} variances: they must fit each other`,
    );
  const total = totalVariance ?? S.reduce((sum, v) => sum + v, 0);
  const variances = S.slice(0, count);
  return {
    mean: Float32Array.from(mean),
    components: {
      data: Float32Array.from({ length: count * cols }, (_, i) => U[i % cols][Math.floor(i / cols)]),
      rows: count,
      cols,
    },
    explainedVariance: Float32Array.from(variances),
    explainedVarianceRatio: Float32Array.from(variances, (v) => (total > 0 ? v / total : 0)),
    nSamples,
  };
}

function firstProblem(error: z.ZodError): string {
  const { path, message } = error.issues[0];
  return path.length > 0 ? `${path.join(".")}: ${message}` : message;
}
