/** Long text as HTML of which only the first lines are open. */
import { escapeHtml, frame } from "./html.js";
import { count, counted, foldAbove, linesInSight, mostLines } from "./limits.js";

const escapeCode = String.fromCharCode(27);

/**
 * Folds text that has more lines than `foldAbove`.
 *
 * @returns HTML, or undefined for text that is short, or that has colours, which only the text form keeps
 */
export function foldedText(text: string): string | undefined {
  const lines = text.split("\n");
  if (lines.length <= foldAbove || text.includes(escapeCode)) return undefined;
  const rest = lines.slice(linesInSight, mostLines);
  const missing = lines.length - linesInSight - rest.length;
  const end = missing > 0 ? `\n… ${counted(missing, "more line")}, which the text form of this output has` : "";
  return frame(
    `<pre>${escapeHtml(lines.slice(0, linesInSight).join("\n"))}</pre>` +
      `<details><summary>show all ${count(lines.length)} lines</summary><pre>${escapeHtml(rest.join("\n") + end)}</pre></details>`,
  );
}
