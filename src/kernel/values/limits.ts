/** How much of a value is shown. What is left out is always said. */

/** Characters of text that are kept. */
export const mostCharacters = 100_000;

/** Text of more lines than this folds. */
export const foldAbove = 30;

/** Lines of folded text that stay in sight. */
export const linesInSight = 12;

/** Lines that unfold; the text form has the others. */
export const mostLines = 2_000;

/** Items, keys and elements of a value that are written out, over all its levels. */
export const mostEntries = 2_000;

/** Bytes of an encoded picture that go into a notebook. */
export const mostImageBytes: number = 16 * 2 ** 20;

const grouped = new Intl.NumberFormat("en");

/** 12345 as "12,345". */
export function count(n: number): string {
  return grouped.format(n);
}

/** "1 row", "1,200 rows". */
export function counted(n: number, noun: string, plural: string = `${noun}s`): string {
  return `${count(n)} ${n === 1 ? noun : plural}`;
}

/** The text's beginning, at most `most` UTF-16 units and no half of a pair. */
export function beginning(text: string, most: number): string {
  if (text.length <= most) return text;
  const last = text.charCodeAt(most - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? most - 1 : most);
}

/** The text, or its beginning with a line that says how much is missing. */
export function cutText(text: string, most: number = mostCharacters): string {
  if (text.length <= most) return text;
  const kept = beginning(text, most);
  return `${kept}\n… ${counted(text.length - kept.length, "more character")} of ${count(text.length)}`;
}

/** The text in one line of at most `most` characters. */
export function cutLine(text: string, most: number): string {
  const line = beginning(text, most * 4).replace(/\s*[\r\n\u2028\u2029]\s*/g, " ");
  return line.length <= most && text.length <= most * 4 ? line : `${beginning(line, most - 1)}…`;
}
