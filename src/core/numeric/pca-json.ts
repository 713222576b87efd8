/** A fitted PCA as plain JSON: long arrays in base64, so that they come back to the bit. */
import { ArgumentError } from "../errors.js";
import { decodeFloats, encodeFloats } from "./float-text.js";
import type { Pca } from "./principal.js";

export interface PcaJson {
  nSamples: number;
  nComponents: number;
  cols: number;
  /** base64 of little-endian float32 [cols] */
  mean: string;
  /** base64 of little-endian float32 [nComponents, cols] */
  components: string;
  explainedVariance: number[];
  explainedVarianceRatio: number[];
}

export function pcaToJson(pca: Pca): PcaJson {
  return {
    nSamples: pca.nSamples,
    nComponents: pca.components.rows,
    cols: pca.components.cols,
    mean: encodeFloats(pca.mean),
    components: encodeFloats(pca.components.data),
    explainedVariance: Array.from(pca.explainedVariance),
    explainedVarianceRatio: Array.from(pca.explainedVarianceRatio),
  };
}

/** @throws ArgumentError when an array holds another count of numbers than the sizes say, or no numbers */
export function pcaFromJson(json: PcaJson): Pca {
  const { nSamples, nComponents, cols, explainedVariance, explainedVarianceRatio } = json;
  for (const [name, list] of Object.entries({ explainedVariance, explainedVarianceRatio }))
    if (list.length !== nComponents)
      throw new ArgumentError(name, `holds ${list.length} numbers where ${nComponents} are expected`);
  return {
    mean: decodeFloats(json.mean, cols, "mean"),
    components: { data: decodeFloats(json.components, nComponents * cols, "components"), rows: nComponents, cols },
    explainedVariance: Float32Array.from(explainedVariance),
    explainedVarianceRatio: Float32Array.from(explainedVarianceRatio),
    nSamples,
  };
}
