import type { Picture } from "../picture.js";
import { checkMatrix, checkOnePerRow, type Matrix } from "./matrix.js";

/** Vectors with what is known of each row; what `embedFolder` returns is one. */
export interface LabelledVectors {
  /** [rows, dim] */
  readonly vectors: Matrix;
  /** one a row */
  readonly pictures?: readonly Picture[];
  /** one a row */
  readonly labels?: readonly string[];
  /** the model that they come from */
  readonly modelName?: string;
  /** height and width of that model's input in pixels */
  readonly size?: readonly [height: number, width: number];
  /** how pictures were brought to that size */
  readonly fit?: "crop" | "squash" | "letterbox";
  /** how their tokens were pooled, where they are not the model's own image vectors */
  readonly pooling?: string | { readonly name: string; readonly p?: number };
}

/**
 * The record itself, or one of nothing but the vectors.
 *
 * @throws ShapeError when the vectors are no matrix, or pictures or labels are of another number
 */
export function labelledVectors(x: Matrix | LabelledVectors, argument: string): LabelledVectors {
  const record = typeof x === "object" && x !== null && "vectors" in x ? x : { vectors: x };
  const { vectors, pictures, labels }: LabelledVectors = record;
  checkMatrix(vectors, argument);
  checkOnePerRow({ pictures, labels }, vectors.rows, "vectors");
  return record;
}
