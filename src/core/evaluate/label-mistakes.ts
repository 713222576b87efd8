/** Labels that are probably wrong, with the evidence. */
import type { Picture } from "../picture.js";

export interface LabelMistake {
  readonly row: number;
  /** the label that it has, and the one that it should probably have */
  readonly given: string;
  readonly suggested: string;
  /** cross-validated probabilities of both: of classifiers that never saw this row */
  readonly givenConfidence: number;
  readonly suggestedConfidence: number;
  /** its nearest other rows, nearest first */
  readonly neighbours: readonly { readonly row: number; readonly similarity: number; readonly label: string }[];
  /** how many of them have the label that it has, and how many the suggested one */
  readonly neighboursGiven: number;
  readonly neighboursSuggested: number;
}

/** What `findLabelMistakes` returns. */
export interface LabelMistakes {
  /** the most probable first */
  readonly mistakes: readonly LabelMistake[];
  /** rows that were looked at */
  readonly rows: number;
  /** one a row, where known */
  readonly pictures?: readonly Picture[];
  /** the head that judged, and into how many parts the rows were cut for it */
  readonly head: string;
  readonly folds: number;
  readonly modelName?: string;
}
