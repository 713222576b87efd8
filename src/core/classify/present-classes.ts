/** The classes that have training rows: the others can be trained for nothing, and rows of them choose nothing. */
import { classCounts, labelsOf } from "./class-labels.js";
import type { LabelledRows } from "./head.js";
import { rowsOf } from "./labelled-rows.js";

export interface PresentClasses {
  /** places in all classes, rising */
  readonly places: Int32Array;
  /** [all classes], places among those present; -1 for the others */
  readonly numbers: Int32Array;
}

export function presentClasses({ labels }: LabelledRows): PresentClasses {
  const counts = classCounts(labels);
  const places = Int32Array.from(counts.keys()).filter((c) => counts[c] > 0);
  const numbers = new Int32Array(counts.length).fill(-1);
  places.forEach((place, number) => {
    numbers[place] = number;
  });
  return { places, numbers };
}

/** The rows whose class is present; undefined where there are none. */
export function rowsOfPresent(rows: LabelledRows | undefined, { numbers }: PresentClasses): LabelledRows | undefined {
  if (!rows) return undefined;
  const { indices } = rows.labels;
  const kept = Int32Array.from(indices.keys()).filter((row) => numbers[indices[row]] >= 0);
  if (kept.length === 0) return undefined;
  if (kept.length === indices.length) return rows;
  return { vectors: rowsOf(rows.vectors, kept), labels: labelsOf(rows.labels, kept) };
}
