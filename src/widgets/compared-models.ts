/** The models of a comparison: each has one colour in all of its figures. */
import type { ComparedModel, Comparison, ComparisonEntry } from "../core/compare/comparison.js";
import { ArgumentError } from "../core/errors.js";
import { categoryStyles } from "./palette.js";
import { listed, modelAtSize, named } from "./wording.js";

export function modelColours(models: readonly Pick<ComparedModel, "name">[]): Map<string, string> {
  const styles = categoryStyles(models.length);
  return new Map(models.map(({ name }, i) => [name, styles[i].colour]));
}

/** "a and b, both at 224 px" where they have one size, else each with its own. */
export function modelsAtSize(models: readonly Pick<ComparedModel, "name" | "inputSize">[]): string {
  const sizes = models.map(({ inputSize }) => modelAtSize("", inputSize));
  if (models.length > 1 && sizes.every((size) => size === sizes[0]))
    return `${listed(models.map(({ name }) => named(name)))}, ${models.length === 2 ? "both" : "all"}${sizes[0]}`;
  return listed(models.map(({ name, inputSize }) => modelAtSize(named(name), inputSize)));
}

/** The model as captions name it. */
export function comparedAtSize({ models }: Comparison, name: string): string {
  return modelAtSize(named(name), models.find((model) => model.name === name)?.inputSize);
}

/** The head with which the models are right most often, the first of equals: figures of one head show it. */
export function bestHead({ heads, entries }: Comparison): string {
  const mean = (head: string): number => {
    const those = entries.filter((entry) => entry.head === head);
    return those.reduce((sum, { report }) => sum + report.accuracy.value, 0) / (those.length || 1);
  };
  return heads.reduce((best, head) => (mean(head) > mean(best) ? head : best), heads[0]);
}

/** Whether any two models are right on different pictures with that head. */
export function hasDisagreement(comparison: Comparison, head: string = bestHead(comparison)): boolean {
  return comparison.pairs.some((pair) => pair.head === head && pair.onlyA.length + pair.onlyB.length > 0);
}

/** What the parts of a comparison are called, in a figure as on a page. */
export const headings = {
  table: "Which model is right more often",
  efficiency: "How few labels are enough",
  onlyOne: "Pictures that only one of two models gets right",
  mistakes: "The most confident mistakes",
} as const;

/** @throws ArgumentError naming what there is, when the comparison has no such entry */
export function entryOf({ entries }: Comparison, model: string, head: string): ComparisonEntry {
  const entry = entries.find((one) => one.model === model && one.head === head);
  if (entry) return entry;
  const known = entries.map((one) => `${one.model} with ${one.head}`).join(", ");
  throw new ArgumentError("comparison", `has no ${model} with ${head}: it has ${known || "no entry"}`);
}
