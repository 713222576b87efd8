/** Which numbers of a classifier its training rows can move at all. */
import { classCounts, labelsOf } from "../classify/class-labels.js";
import type { Classifier } from "../classify/classifier.js";
import type { LabelledRows } from "../classify/head.js";
import type { Matrix } from "../numeric/matrix.js";

/** Whether the number at a place of a tensor can move. */
export type Reached = (tensor: string, length: number) => (place: number) => boolean;

/** Tensors by the side that decides: columns of the vectors, or classes. */
const sides = {
  logistic: { columns: ["weights"], classes: ["weights", "bias"] },
  mlp: { columns: ["hidden"], classes: ["output", "outputBias"] },
} as const satisfies Partial<Record<Classifier["kind"], Record<"columns" | "classes", readonly string[]>>>;

/**
 * What multiplies a column that is the same in all training rows need not move, and what scores a class without training
 * rows is not trained.
 *
 * @param train places of the training rows
 */
export function reachedNumbers(
  { kind, classes, dim }: Classifier,
  { vectors, labels }: LabelledRows,
  train: Int32Array,
): Reached {
  if (kind !== "logistic" && kind !== "mlp") return () => () => true;
  const varies = varyingColumns(vectors, train);
  const counts = classCounts(labelsOf(labels, train));
  const of: Record<"columns" | "classes", readonly string[]> = sides[kind];
  return (tensor, length) => {
    const [byColumn, byClass] = [of.columns.includes(tensor), of.classes.includes(tensor)];
    const each = length / classes.length;
    return (place) => (!byColumn || varies[place % dim] === 1) && (!byClass || counts[Math.floor(place / each)] > 0);
  };
}

/** [cols], 1 for those in which a row differs from the first. */
function varyingColumns({ data, cols }: Matrix, rows: Int32Array): Uint8Array {
  const varies = new Uint8Array(cols);
  const first = rows[0] * cols;
  for (const row of rows) for (let j = 0; j < cols; j++) if (data[row * cols + j] !== data[first + j]) varies[j] = 1;
  return varies;
}
