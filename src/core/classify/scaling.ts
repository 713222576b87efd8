/** What is done to feature vectors before a classifier sees them; what it needs to know is learnt from training rows alone. */

/**
 * "l2": rows of length 1, as DINO's k-NN takes them; "standardise": mean 0 and variance 1 a column, as of the training
 * rows; "none": as they come.
 */
export type ScalingRule = "l2" | "standardise" | "none";

export interface FeatureScaling {
  readonly rule: ScalingRule;
  /** [dim], subtracted; "standardise" only */
  readonly mean?: Float32Array;
  /** [dim], divided by; 1 for columns that do not vary; "standardise" only */
  readonly deviation?: Float32Array;
}
