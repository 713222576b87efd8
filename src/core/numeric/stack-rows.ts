import { concatenated } from "./concatenated.js";
import type { Matrix } from "./matrix.js";

/**
 * The rows of several matrices of one width under each other: [sum of rows, cols].
 *
 * @param cols the width where no matrix may be there to tell it @default that of the first with rows, 0 without any
 */
export function stackRows(parts: readonly Matrix[], cols?: number): Matrix {
  return {
    data: concatenated(parts.map(({ data }) => data)),
    rows: parts.reduce((sum, { rows }) => sum + rows, 0),
    cols: cols ?? parts.find(({ rows }) => rows > 0)?.cols ?? 0,
  };
}
