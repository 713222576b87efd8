/** The classes that have training rows: the others can be trained for nothing, and rows of them choose nothing. */
import { checkFinite } from "../numeric/matrix.js";
import { takeRows } from "../numeric/take-rows.js";
import { classCounts, labelsOf } from "./class-labels.js";
import type { LabelledRows } from "./head.js";

export interface PresentClasses {
  /** places in all classes, rising */
  readonly places: Int32Array;
  /** [all classes], places among those present; -1 for the others */
  readonly numbers: Int32Array;
}

/**
 * The bias of a class without training rows, by which the softmax gives it the probability 0 whatever the others' scores
 * are; finite, so that files and sums can hold it.
 */
export const absentScore = -1e30;

export function presentClasses({ labels }: LabelledRows): PresentClasses {
  const counts = classCounts(labels);
  const places = Int32Array.from(counts.keys()).filter((c) => counts[c] > 0);
  const numbers = new Int32Array(counts.length).fill(-1);
  places.forEach((place, number) => {
    numbers[place] = number;
  });
  return { places, numbers };
}

/**
 * The validation rows whose class is present; undefined where there are none.
 *
 * @throws NotFiniteError naming the first bad row, where the rows that are left have other numbers
 */
export function rowsOfPresent(rows: LabelledRows | undefined, { numbers }: PresentClasses): LabelledRows | undefined {
  if (!rows) return undefined;
  const { indices } = rows.labels;
  const kept = Int32Array.from(indices.keys()).filter((row) => numbers[indices[row]] >= 0);
  if (kept.length === 0) return undefined;
  if (kept.length === indices.length) return rows;
  checkFinite(rows.vectors, "validation");
  return { vectors: takeRows(rows.vectors, kept), labels: labelsOf(rows.labels, kept) };
}
