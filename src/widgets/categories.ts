/** Labels as categories: in an order that does not depend on the rows, each with its colour and mark. */
import { type CategoryStyle, categoryStyles } from "./palette.js";

export interface Category extends CategoryStyle {
  name: string;
  count: number;
}

export interface Categories {
  list: Category[];
  /** per row: place in `list`, or `none` */
  of: Uint16Array;
}

/** The place of rows without a label. */
export const none = 0xffff;

/** More categories than this share one: nobody tells them apart. */
const most = 64;

/** Categories in the order of their names, numbers by value; past 64 the rarest are drawn as "other". */
export function categorise(labels: readonly (string | undefined)[] | undefined, rows: number): Categories {
  const counts = new Map<string, number>();
  for (const label of labels ?? []) if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + 1);
  const byCount = [...counts].sort(([a, m], [b, n]) => n - m || compare(a, b));
  const kept = byCount.slice(0, most).sort(([a], [b]) => compare(a, b));
  const rest = byCount.slice(most).reduce((sum, [, n]) => sum + n, 0);
  const entries = rest > 0 ? [...kept, ["other", rest] as [string, number]] : kept;
  const styles = categoryStyles(entries.length);
  const places = new Map(kept.map(([name], i) => [name, i]));
  const of = Uint16Array.from({ length: rows }, (_, i) => {
    const label = labels?.[i];
    return label === undefined ? none : (places.get(label) ?? kept.length);
  });
  return { list: entries.map(([name, count], i) => ({ name, count, ...styles[i] })), of };
}

const collator = new Intl.Collator("en", { numeric: true });

function compare(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : 1);
}
