/** Rows that must stay on one side of a split, since knowing one is knowing the others. */
import { ArgumentError } from "../errors.js";
import { checkOnePerRow } from "../numeric/matrix.js";

/**
 * The rows of each group, both in the order of their first row.
 *
 * @param groups [rows], any numbers: rows with the same one belong together @default every row is a group of its own
 * @throws ShapeError when there is not one group a row; ArgumentError for a group that is no number
 */
export function rowGroups(rows: number, groups?: ArrayLike<number>): number[][] {
  if (!groups) return Array.from({ length: rows }, (_, row) => [row]);
  checkOnePerRow({ groups }, rows, "rows");
  const members = new Map<number, number[]>();
  for (let row = 0; row < rows; row++) {
    const group = groups[row];
    if (!Number.isFinite(group))
      throw new ArgumentError("groups", `holds ${group} in row ${row}: give every row the number of its group`);
    const own = members.get(group);
    if (own) own.push(row);
    else members.set(group, [row]);
  }
  return [...members.values()];
}

/** The rows of the groups that have several. */
export function largeGroups(groups: ArrayLike<number>): number[][] {
  return rowGroups(groups.length, groups).filter(({ length }) => length > 1);
}
