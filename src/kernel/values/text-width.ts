/** How many columns of a terminal a text takes. */

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/gu;
const without = /[\u200b-\u200f]|\p{Mn}|\p{Me}/gu;

/** Columns of a fixed-width font: two for East Asian characters and emoji, none for marks above and below. */
export function textWidth(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the usual text, where a letter is a column
  if (/^[\u0000-\u02ff]*$/.test(text)) return text.length;
  const counted = text.replace(without, "");
  return [...counted].length + (counted.match(wide)?.length ?? 0);
}
