/**
 * Places in source code. Jupyter counts characters (Unicode code points), JavaScript UTF-16 units, of which an emoji
 * takes two.
 */

/** The UTF-16 offset of a character. Past the end means the end. */
export function offsetOfCharacter(text: string, character: number): number {
  let offset = 0;
  for (let count = 0; count < character && offset < text.length; count++) {
    offset += text.codePointAt(offset)! > 0xffff ? 2 : 1;
  }
  return offset;
}

/** How many characters lie before a UTF-16 offset. */
export function characterAtOffset(text: string, offset: number): number {
  return Array.from(text.slice(0, offset)).length;
}
