/** How accuracy grows with the number of labelled pictures a class. */

export interface LabelEfficiency {
  /** one entry a number of training rows a class, rising */
  readonly points: readonly EfficiencyPoint[];
  readonly draws: number;
  /** rows that every draw is tested on */
  readonly testRows: number;
  /** the head's name */
  readonly head: string;
}

export interface EfficiencyPoint {
  /** training rows of each class; classes with fewer give all that they have */
  readonly perClass: number;
  /** mean accuracy over the draws */
  readonly mean: number;
  /** lowest and highest accuracy of a draw */
  readonly low: number;
  readonly high: number;
  /** one entry a draw */
  readonly accuracies: readonly number[];
}
