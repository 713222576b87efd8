/** Vectors with what is known of each: the record that files for exchange are read into and written from. */
import { ArgumentError, FormatError, NotFiniteError, ShapeError } from "../errors.js";
import { inTurns } from "../numeric/in-turns.js";
import { checkFinite, checkFiniteSteps, checkMatrix, checkOnePerRow, type Matrix } from "../numeric/matrix.js";

/** One row a picture. */
export interface VectorTable {
  /** [rows, numbers a vector] */
  vectors: Matrix;
  /** [rows] the pictures' paths */
  names?: readonly string[];
  /** [rows] */
  labels?: readonly string[];
}

/** What a file says of each of its rows, where it does. */
export type RowTexts = Pick<VectorTable, "names" | "labels">;

/** A table of what there is. */
export function vectorTable(
  vectors: Matrix,
  names: readonly string[] | undefined,
  labels: readonly string[] | undefined,
): VectorTable {
  return { vectors, ...(names ? { names } : {}), ...(labels ? { labels } : {}) };
}

/**
 * Checks a table that is to be written.
 *
 * @throws ShapeError when it has no rows or no columns, or lists of another length; NotFiniteError naming the first row
 *   with NaN or an infinity; ArgumentError when a list holds something else than texts
 */
export function checkTable({ vectors, names, labels }: VectorTable): void {
  checkMatrix(vectors, "vectors");
  if (vectors.rows === 0 || vectors.cols === 0)
    throw new ShapeError("vectors", `has sizes ${vectors.rows} x ${vectors.cols}: give at least one number`);
  checkOnePerRow({ names, labels }, vectors.rows, "vectors");
  for (const [argument, list] of Object.entries({ names, labels })) {
    const at = list?.findIndex((text) => typeof text !== "string") ?? -1;
    if (at >= 0) throw new ArgumentError(argument, `has ${String(list?.[at])} in entry ${at}: give texts`);
  }
  checkFinite(vectors, "vectors");
}

/**
 * A table that was read, its numbers and lists checked.
 *
 * @throws FormatError naming the file, and the first row that is at fault
 */
export async function checkedTable(path: string, table: VectorTable, signal?: AbortSignal): Promise<VectorTable> {
  const { vectors, names, labels } = table;
  if (vectors.rows === 0 || vectors.cols === 0)
    throw new FormatError(path, `holds ${vectors.rows} x ${vectors.cols} numbers where vectors are expected: fill it`);
  for (const [list, texts] of Object.entries({ names, labels }))
    if (texts && texts.length !== vectors.rows)
      throw new FormatError(
        path,
        `has ${texts.length} ${list} for ${vectors.rows} vectors: give one a vector, or none`,
      );
  try {
    await inTurns(checkFiniteSteps(vectors, "vectors"), signal);
  } catch (cause) {
    if (!(cause instanceof NotFiniteError)) throw cause;
    const advice = "remove that row or find where it was made";
    throw new FormatError(path, `holds NaN, an infinity or more than 32 bits can hold in row ${cause.row}: ${advice}`, {
      cause,
    });
  }
  return vectorTable(vectors, names, labels);
}
