/** Labelled rows for tests of classifiers. */
import { classLabels } from "#dist/core/classify/class-labels.js";
import type { LabelledRows } from "#dist/core/classify/head.js";
import { normal, seededRandom } from "#dist/core/numeric/random.js";

/** Normal vectors around one centre a class; class c has `perClass[c]` rows, and the classes take turns. */
export function clouds(perClass: readonly number[], dim: number, { seed = 1, spread = 0.5 } = {}): LabelledRows {
  const random = seededRandom(seed);
  const centres = perClass.map(() => Array.from({ length: dim }, () => normal(random)));
  const order: number[] = [];
  for (let turn = 0; turn < Math.max(...perClass); turn++)
    perClass.forEach((count, c) => {
      if (turn < count) order.push(c);
    });
  const data = Float32Array.from(order.flatMap((c) => centres[c].map((v) => v + spread * normal(random))));
  const classes = perClass.map((_, c) => `class ${c}`);
  return {
    vectors: { data, rows: order.length, cols: dim },
    labels: classLabels(
      order.map((c) => classes[c]),
      classes,
    ),
  };
}

/** The share of rows that are given their class. */
export function accuracyOf(predicted: Int32Array, truth: Int32Array): number {
  return predicted.reduce((right, c, row) => right + (c === truth[row] ? 1 : 0), 0) / truth.length;
}
