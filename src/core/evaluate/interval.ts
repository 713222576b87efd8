/** A number with how sure it is. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** share of such intervals that hold the true value, such as 0.95 */
  readonly level: number;
}
