/** The numbers that rows keep for ever, and the way back from them. */
import { ArgumentError } from "../../errors.js";
import { checkOnePerRow } from "../../numeric/matrix.js";

/** Ascending, so that a number's row is found without a table of them all. */
export interface RowIds {
  /** [rows] */
  readonly ids: ArrayLike<number>;
  /** -1 where no row has this number */
  rowOf(id: number): number;
}

/** @throws ShapeError when there is not one a row; ArgumentError naming the first that is no whole number or not above the one before it */
export function rowIds(ids: ArrayLike<number>, rows: number): RowIds {
  checkOnePerRow({ ids }, rows, "vectors");
  for (let row = 0; row < rows; row++) {
    const id = ids[row];
    if (!Number.isSafeInteger(id) || id < 0)
      throw new ArgumentError("ids", `has ${id} for row ${row}: give whole numbers from 0 to 2^53 - 1`);
    if (row > 0 && id <= ids[row - 1])
      throw new ArgumentError("ids", `has ${id} for row ${row} after ${ids[row - 1]}: they must ascend`);
  }
  return {
    ids,
    rowOf: (id) => indexOf(ids, id),
  };
}

function indexOf(ids: ArrayLike<number>, id: number): number {
  let low = 0;
  let high = ids.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    if (ids[middle] === id) return middle;
    if (ids[middle] < id) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
