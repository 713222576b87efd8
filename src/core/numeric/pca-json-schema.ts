/** The form of a PCA's JSON; apart from its type, so that the package's types do not lead to zod's. */
import { z } from "zod";
import type { PcaJson } from "./pca-json.js";

/** Checks the form of what comes from outside; `pcaFromJson` checks the sizes. */
export const pcaJson: z.ZodType<PcaJson> = z.object({
  nSamples: z.number().int().nonnegative(),
  nComponents: z.number().int().positive(),
  cols: z.number().int().positive(),
  mean: z.string(),
  components: z.string(),
  explainedVariance: z.array(z.number().nonnegative()),
  explainedVarianceRatio: z.array(z.number().nonnegative()),
});
