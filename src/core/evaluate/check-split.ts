import { ArgumentError } from "../errors.js";
import type { Split } from "./split.js";

const parts = ["train", "validation", "test"] as const;

/**
 * @param rows how many there are
 * @throws ArgumentError when a part names a row that is not there, a row is in two parts or twice in one, or no row
 *   trains or none is tested
 */
export function checkSplit(split: Split, rows: number, argument = "split"): void {
  checkSplitRows(split, rows, argument);
  const partOf = new Map<number, string>();
  for (const part of parts)
    for (const row of split[part]) {
      const other = partOf.get(row);
      if (other !== undefined)
        throw new ArgumentError(argument, `has row ${row} in ${other} and in ${part}: parts must not share rows`);
      partOf.set(row, part);
    }
}

/** @throws ArgumentError when a part names a row that is not there, or no row trains or none is tested */
export function checkSplitRows(split: Split, rows: number, argument: string): void {
  for (const part of parts) {
    if (!(split?.[part] instanceof Int32Array))
      throw new ArgumentError(argument, `must hold ${part} as an Int32Array of rows`);
    if (split[part].length === 0 && part !== "validation")
      throw new ArgumentError(argument, `has no row in ${part}: give each split rows to train and to test`);
    const bad = split[part].find((row) => !(row >= 0 && row < rows));
    if (bad !== undefined)
      throw new ArgumentError(argument, `names row ${bad} in ${part} where there are ${rows} rows`);
  }
}
