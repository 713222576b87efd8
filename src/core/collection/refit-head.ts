/** The classifier itself, after cross-validation: trained on all rows, with the settings that its parts chose. */
import type { Head, LabelledRows, TrainedHead, TrainingNotes } from "../classify/head.js";
import { type HeadName, headNamed } from "../classify/heads.js";
import { trainKnn } from "../classify/knn-classifier.js";
import { trainLogistic } from "../classify/logistic-regression.js";
import { trainMlp } from "../classify/mlp.js";
import { trainCentroid } from "../classify/nearest-centroid.js";
import { given } from "../given.js";

export interface RefitOptions {
  /** what cross-validation trained, if there was one */
  readonly trained: readonly TrainedHead[];
  readonly seed: number;
  readonly signal?: AbortSignal;
}

/**
 * Settings that each part's validation rows chose are taken at their median, the lower of two, so that no row must be
 * kept from training to choose them again. A head of one's own trains on all rows as it does without validation rows.
 */
export async function refitHead(
  rows: LabelledRows,
  head: HeadName | Head,
  { trained, seed, signal }: RefitOptions,
): Promise<TrainedHead> {
  const chosen = medians(trained.map(({ notes }) => notes.chosen));
  const stop = given({ signal });
  if (typeof head === "object") return head.train(rows, { seed, ...stop });
  if (Object.keys(chosen).length === 0) return headNamed(head).train(rows, { seed, ...stop });
  const refitted = await refit[head](rows, chosen, { seed, ...stop });
  // nothing was left to be chosen, whatever the training says of that
  const { remarks: _, ...notes }: TrainingNotes = refitted.notes;
  return { ...refitted, notes: { ...notes, chosen } };
}

type Chosen = TrainingNotes["chosen"];
type Refit = (rows: LabelledRows, chosen: Chosen, options: Omit<RefitOptions, "trained">) => Promise<TrainedHead>;

const refit: Readonly<Record<HeadName, Refit>> = {
  knn: (rows, { k }, { signal }) => trainKnn(rows, given({ k, signal })),
  centroid: (rows, { temperature }, { signal }) => trainCentroid(rows, given({ temperature, signal })),
  logistic: (rows, { C: c }, { signal }) => trainLogistic(rows, { c, ...given({ signal }) }),
  mlp: (rows, { epoch: epochs }, { seed, signal }) => trainMlp(rows, given({ epochs, seed, signal })),
};

/** The lower median of each setting that all have. */
function medians(all: readonly Chosen[]): Record<string, number> {
  const names = Object.keys(all[0] ?? {}).filter((name) => all.every((chosen) => chosen[name] !== undefined));
  return Object.fromEntries(
    names.map((name) => {
      const sorted = all.map((chosen) => chosen[name]).sort((a, b) => a - b);
      return [name, sorted[Math.floor((sorted.length - 1) / 2)]];
    }),
  );
}
