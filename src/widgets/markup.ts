/** Text on its way into HTML: nothing that came from outside may become a tag, an attribute or a script. */
import { isAbsolute, relative } from "node:path";

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Escapes text for element content and for quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]);
}

/** Escapes text for SVG, whose parser is XML 1.0's: what it forbids, such as control characters, becomes U+FFFD. */
export function escapeXml(text: string): string {
  return escapeHtml(text.replace(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD"));
}

/** JSON that can stand inside a `<script>`: a `<` in it would be able to end the element. */
export function escapeJson(value: unknown): string {
  return JSON.stringify(value)
    .replace(/</g, "\\u003c")
    .replace(/\u2028/g, "\\u2028")
    .replace(/\u2029/g, "\\u2029");
}

/** A data block that the page's script reads; browsers do not run it. */
export function jsonScript(value: unknown): string {
  return `<script type="application/json">${escapeJson(value)}</script>`;
}

/** Little-endian bytes of a typed array as base64. */
export function base64(array: Float32Array | Uint16Array | Uint8Array): string {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString("base64");
}

/**
 * The first `open` items, and the others behind a line that unfolds them; one or two more are not worth folding.
 *
 * @param list puts items into their list
 * @param summary names so many folded items
 */
export function fold(
  items: readonly string[],
  open: number,
  list: (items: readonly string[], start: number) => string,
  summary: (n: number) => string,
): string {
  if (items.length <= open + 2) return list(items, 0);
  const rest = items.slice(open);
  return (
    `${list(items.slice(0, open), 0)}<details class="pl-more"><summary>Show ${escapeHtml(summary(rest.length))}</summary>` +
    `${list(rest, open)}</details>`
  );
}

/** The items one after the other. */
export function inSequence(items: readonly string[]): string {
  return items.join("");
}

/** A file's path as it would be written where the code runs, which says less of the machine where that is shorter. */
export function pathFromHere(path: string): string {
  const here = isAbsolute(path) ? relative(process.cwd(), path) : "";
  return here !== "" && here.length < path.length ? here : path;
}

/** The file's name without its folders; names made up for pixels come back as they are. */
export function shortName(name: string): string {
  return name.split(/[\\/]/).filter(Boolean).at(-1) ?? name;
}
