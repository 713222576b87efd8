import type { Head } from "../classify/head.js";
import type { HeadName } from "../classify/heads.js";
import type { LabelEfficiencyOptions } from "../evaluate/label-efficiency.js";
import type { Split } from "../evaluate/split.js";
import type { Model } from "../model/model.js";

export interface CompareOptions {
  /** names of heads, or heads of one's own, which every model gets @default ["logistic", "knn"] */
  readonly heads?: readonly (HeadName | Head)[];
  /** parts of cross-validation: each picture is tested once, by heads that never saw it @default 5 */
  readonly folds?: number;
  /** splits of one's own in place of folds, by places in the dataset; they are checked for leaks */
  readonly splits?: readonly Split[];
  /** decides folds, draws and heads @default 0 */
  readonly seed?: number;
  /** the model that decides which pictures are near-duplicates, whoever takes part @default "efficientnet-lite0", as it ships with the project */
  readonly referee?: Model;
  /** the referee's cosine from which two pictures count as one and stay together @default as `similarityGroups` */
  readonly duplicateThreshold?: number;
  /** accuracy by labelled pictures a class, with a logistic regression whose C follows the spread of the vectors; false leaves it out @default as `labelEfficiency` */
  readonly labelEfficiency?: false | Pick<LabelEfficiencyOptions, "perClass" | "draws">;
  /** "throw" when the comparison is broken, or "report" it in `checks` and go on, to see what it changes @default "throw" */
  readonly onBroken?: "throw" | "report";
  readonly signal?: AbortSignal;
  /** called as the work goes on; `step` says what is being done, in words */
  readonly onProgress?: (step: string, done: number, total: number) => void;
}
