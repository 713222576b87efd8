/** Which classes of a comparison no head could have recognised, in words. */
import type { Comparison } from "../core/compare/comparison.js";
import { splitSummary } from "../core/evaluate/split-summary.js";
import { count, listed } from "./wording.js";

/** names that are told */
const mostNames = 5;

/** One sentence; empty where every class that is tested has pictures that train. */
export function untrainedWords({ labels, splits }: Pick<Comparison, "labels" | "splits">): string {
  const { untrained } = splitSummary(labels, splits);
  if (untrained.length === 0) return "";
  const names = untrained.slice(0, mostNames);
  const more = untrained.length - names.length;
  const classes = listed([...names, ...(more > 0 ? [`${count(more)} more`] : [])]);
  return `No head can be right on all pictures: when those of ${classes} were tested, none of theirs was left to train on.`;
}
