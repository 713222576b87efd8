/** Columns of a table on a terminal, as wide as what stands in them. */
import { textWidth } from "../kernel/values/text-width.js";

/** @param rows of one length; the first column is words, the others are numbers unless `words` says otherwise */
export function columns(rows: readonly (readonly string[])[], words: readonly number[] = [0]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => textWidth(row[i]))));
  return rows
    .map((row) =>
      row
        .map((cell, i) => {
          const space = " ".repeat(widths[i] - textWidth(cell));
          return words.includes(i) ? cell + space : space + cell;
        })
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
