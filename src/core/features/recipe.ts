/**
 * A fitted patch map as a plain record that JSON can hold: applied to other pictures it gives the same basis, the
 * same side, the same threshold and the same colours.
 */
import { z } from "zod";
import { FormatError, PatchlabError } from "../errors.js";
import { type PcaJson, pcaFromJson, pcaToJson } from "../numeric/pca-json.js";
import { pcaJson } from "../numeric/pca-json-schema.js";
import type { Pca } from "../numeric/principal.js";
import type { ColourRule, ColourScale } from "./colours.js";
import type { ForegroundRule, ScoreRange, Separation, ThresholdRule } from "./foreground.js";

export interface Recipe {
  version: 1;
  /** the model whose patches it was fitted on, where known */
  model?: string;
  /** numbers a patch */
  dim: number;
  /** the options that it was fitted with */
  options: {
    threshold: ThresholdRule;
    foreground: ForegroundRule;
    normalize: boolean;
    colours: ColourRule;
    seed: number;
  };
  /** PCA of all patches */
  first: PcaJson;
  /** scores of the first component that became 0 and 1 */
  range: ScoreRange;
  /** true when low scores are the foreground */
  flipped: boolean;
  /** on the scale of 0..1 on which the foreground is high */
  threshold: number;
  /** PCA of the foreground's patches */
  second: PcaJson;
  colours: ColourScale;
}

/** What fitting a patch map finds. */
export interface Fit {
  model?: string;
  rules: Recipe["options"];
  firstPca: Pca;
  range: ScoreRange;
  split: Separation;
  secondPca: Pca;
  colours: ColourScale;
}

export function fittedRecipe({ model, rules, firstPca, range, split, secondPca, colours }: Fit): Recipe {
  return {
    version: 1,
    ...(model === undefined ? {} : { model }),
    dim: firstPca.components.cols,
    options: rules,
    first: pcaToJson(firstPca),
    range,
    flipped: split.flipped,
    threshold: split.threshold,
    second: pcaToJson(secondPca),
    colours,
  };
}

const three = z.array(z.number()).length(3);
const unit = z.number().min(0).max(1);

const schema: z.ZodType<Recipe> = z
  .object({
    version: z.literal(1),
    model: z.string().optional(),
    dim: z.number().int().positive(),
    options: z.object({
      threshold: z.union([z.literal("otsu"), z.literal("zero"), unit]),
      foreground: z.enum(["border", "high", "low"]),
      normalize: z.boolean(),
      colours: z.discriminatedUnion("rule", [
        z.object({ rule: z.literal("minmax"), percentiles: z.tuple([z.number(), z.number()]).optional() }),
        z.object({ rule: z.literal("sigmoid") }),
      ]),
      seed: z.number().int(),
    }),
    first: pcaJson,
    range: z.object({ low: z.number(), high: z.number() }),
    flipped: z.boolean(),
    threshold: unit,
    second: pcaJson,
    colours: z.discriminatedUnion("rule", [
      z.object({ rule: z.literal("minmax"), low: three, high: three }),
      z.object({ rule: z.literal("sigmoid"), deviation: three }),
    ]),
  })
  .refine((r) => r.first.cols === r.dim && r.second.cols === r.dim, "its two bases and dim must agree")
  .refine((r) => r.second.nComponents === 3, "its second basis must have 3 components")
  .refine((r) => r.range.high > r.range.low, "its range must not be empty")
  .refine(
    ({ colours: c }) => c.rule !== "minmax" || c.low.every((l, i) => l < c.high[i]),
    "its colours' low must be below high",
  )
  .refine(({ colours: c }) => c.rule !== "sigmoid" || c.deviation.every((d) => d > 0), "its deviations must be above 0")
  .refine(({ options: { colours: c } }) => {
    const [low, high] = (c.rule === "minmax" && c.percentiles) || [0, 100];
    return low >= 0 && low < high && high <= 100;
  }, "its percentiles must be 0 <= low < high <= 100");

export function recipeToJson(recipe: Recipe): string {
  return `${JSON.stringify(recipe, null, 1)}\n`;
}

/**
 * @param text what `recipeToJson` wrote, from outside: checked
 * @param name what errors call it, such as its path @default "recipe"
 * @throws FormatError when it is no JSON, lacks a part, or its parts do not fit each other
 */
export function recipeFromJson(text: string, name = "recipe"): Recipe {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new FormatError(name, "is no JSON, so no recipe: save it again with saveRecipe", { cause });
  }
  return checkRecipe(value, name);
}

/** @throws FormatError when `value` is no recipe */
export function checkRecipe(value: unknown, name = "recipe"): Recipe {
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0];
    const where = path.length > 0 ? `${path.join(".")}: ` : "";
    throw new FormatError(name, `is no recipe of version 1 (${where}${message}): save it again with saveRecipe`);
  }
  try {
    pcaFromJson(parsed.data.first);
    pcaFromJson(parsed.data.second);
  } catch (cause) {
    if (!(cause instanceof PatchlabError)) throw cause;
    throw new FormatError(name, `has a damaged basis (${cause.message})`, { cause });
  }
  return parsed.data;
}
