/** Whether one of two classifiers is better on the same pictures. */

export interface PairedTest {
  /** rows that both, only one or neither got right */
  readonly bothRight: number;
  readonly onlyA: number;
  readonly onlyB: number;
  readonly neither: number;
  /** exact two-sided binomial probability of a split of `onlyA + onlyB` at least so uneven by chance */
  readonly pValue: number;
}
