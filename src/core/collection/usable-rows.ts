/** The rows of some embeddings that can train: those with a label and a vector that can be compared. */
import { type ClassLabels, classCounts, classLabels } from "../classify/class-labels.js";
import type { LabelledRows } from "../classify/head.js";
import { ArgumentError, DegenerateDataError } from "../errors.js";
import { checkMatrix, checkOnePerRow, type Matrix } from "../numeric/matrix.js";
import { takeRows } from "../numeric/take-rows.js";
import type { Picture } from "../picture.js";
import { type VectorProblem, vectorProblem } from "./vector-problem.js";

/** A row that was left out, and why. */
export interface LeftOutRow {
  /** its place among the embeddings */
  readonly row: number;
  /** its picture's name, where known */
  readonly name?: string;
  readonly problem: "no label" | VectorProblem;
}

export interface UsableRows extends LabelledRows {
  /** places of these rows among the embeddings, rising */
  readonly rows: Int32Array;
  readonly pictures?: readonly Picture[];
  readonly leftOut: readonly LeftOutRow[];
}

/**
 * @param labels one a row; undefined, or nothing but space, where there is none
 * @throws ShapeError when there is not one a row; DegenerateDataError when no row can be used, when all have one label,
 *   or each a label of its own
 */
export function usableRows(
  vectors: Matrix,
  labels: readonly (string | undefined)[] | undefined,
  pictures: readonly Picture[] | undefined,
): UsableRows {
  if (labels === undefined)
    throw new ArgumentError("labels", "are missing: give one a row, or embeddings that have labels");
  checkMatrix(vectors, "vectors");
  checkOnePerRow({ labels, pictures }, vectors.rows, "vectors");
  const leftOut: LeftOutRow[] = [];
  const rows: number[] = [];
  for (let row = 0; row < vectors.rows; row++) {
    const problem = problemOf(vectors.data.subarray(row * vectors.cols, (row + 1) * vectors.cols), labels[row]);
    if (problem === undefined) rows.push(row);
    else leftOut.push({ row, ...(pictures ? { name: pictures[row].name } : {}), problem });
  }
  const classes = classLabels(rows.map((row) => labels[row] as string));
  checkVariety(classes, leftOut);
  return {
    vectors: takeRows(vectors, rows),
    labels: classes,
    rows: Int32Array.from(rows),
    ...(pictures ? { pictures: rows.map((row) => pictures[row]) } : {}),
    leftOut,
  };
}

function problemOf(vector: Float32Array, label: string | undefined): LeftOutRow["problem"] | undefined {
  // null is what tables from elsewhere have for nothing, and numbers are names like others
  return String(label ?? "").trim() === "" ? "no label" : vectorProblem(vector);
}

function checkVariety(labels: ClassLabels, leftOut: readonly LeftOutRow[]): void {
  const { classes, indices } = labels;
  const without = leftOut.filter(({ problem }) => problem === "no label").length;
  if (indices.length === 0)
    throw new DegenerateDataError(
      "labels",
      `are of no use: of ${leftOut.length} pictures ${without} have none and ${leftOut.length - without} no vector that can be compared`,
    );
  if (classes.length === 1)
    throw new DegenerateDataError(
      "labels",
      `have one class only, "${classes[0]}", for ${indices.length} pictures: give two or more, such as one folder a class`,
    );
  if (classCounts(labels).every((count) => count === 1))
    throw new DegenerateDataError(
      "labels",
      `are another for each of ${indices.length} pictures, which leaves nothing to learn from: give pictures that share a label`,
    );
}
