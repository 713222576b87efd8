/** Labelled rows for tests of classifiers. */
import { classLabels, labelsOf } from "#dist/core/classify/class-labels.js";
import type { LabelledRows } from "#dist/core/classify/head.js";
import type { Matrix } from "#dist/core/numeric/matrix.js";
import { normal, seededRandom } from "#dist/core/numeric/random.js";
import { readFixture } from "./safetensors.js";

/** The digits as test/fixtures/generate.py splits them. */
export function digits(): { train: LabelledRows; test: LabelledRows } {
  const fixture = readFixture("numeric/arrays.safetensors");
  const { data, shape } = fixture.uint8("digits.x");
  const rows = {
    vectors: { data: Float32Array.from(data), rows: shape[0], cols: shape[1] },
    labels: ofDigits(fixture),
  };
  return {
    train: chosenRows(rows, fixture.int32("digits.train").data),
    test: chosenRows(rows, fixture.int32("digits.test").data),
  };
}

function ofDigits(fixture: ReturnType<typeof readFixture>) {
  return classLabels(fixture.int32("digits.y").data);
}

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

/** Some of the rows, in the order given. */
export function chosenRows({ vectors, labels }: LabelledRows, rows: ArrayLike<number>): LabelledRows {
  return { vectors: matrixRows(vectors, rows), labels: labelsOf(labels, rows) };
}

export function matrixRows({ data, cols }: Matrix, rows: ArrayLike<number>): Matrix {
  const out = new Float32Array(rows.length * cols);
  Array.from(rows).forEach((row, i) => {
    out.set(data.subarray(row * cols, (row + 1) * cols), i * cols);
  });
  return { data: out, rows: rows.length, cols };
}

/** The share of rows that are given their class. */
export function accuracyOf(predicted: Int32Array, truth: Int32Array): number {
  return predicted.reduce((right, c, row) => right + (c === truth[row] ? 1 : 0), 0) / truth.length;
}
