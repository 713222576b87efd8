/** Values as HTML that needs no script, and takes its colours from the page that it stands in. */

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Escapes text for element content and for quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}

/** Notebooks have strong rules of their own for tables; an id, though no element has it, is stronger. */
const root = ":is(.pl-value,#pl-value)";

const sans = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue','Liberation Sans',Arial,sans-serif";
const fixed = "ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono',monospace";

/**
 * Everything derives from the page's own text colour, so that light and dark need no rules. The rules come with
 * each output, since any of them may be the only one on its page; front ends that drop them show plain tables.
 */
const rules: readonly (readonly [selector: string, declarations: string])[] = [
  ["", `font:13px/1.5 ${sans};text-align:left;overflow-wrap:anywhere`],
  [" .pl-note", "margin:0 0 6px;opacity:.7"],
  [" .pl-scroll", "overflow-x:auto"],
  [" .pl-scroll+.pl-note", "margin:6px 0 0"],
  [" table", "margin:0;border:0;border-collapse:collapse;font:inherit;font-variant-numeric:tabular-nums"],
  [" tr", "background:none"],
  [
    " :is(th,td)",
    "max-width:none;padding:3px 14px 3px 0;border:0;background:none;text-align:left;vertical-align:top;white-space:nowrap;overflow-wrap:normal",
  ],
  [" .pl-n", "text-align:right"],
  [" :is(th,.pl-gap td)", "font-weight:400;color:color-mix(in srgb,currentColor 65%,transparent)"],
  [" thead", "border-bottom:1px solid color-mix(in srgb,currentColor 25%,transparent)"],
  [
    " pre",
    `margin:0;padding:0;border:0;background:none;color:inherit;font:12.5px/1.45 ${fixed};white-space:pre-wrap;overflow-wrap:anywhere`,
  ],
  [
    " summary",
    "display:inline-block;margin:6px 0;cursor:pointer;opacity:.7;text-decoration:underline;text-underline-offset:3px",
  ],
  [" img", "display:block;max-width:100%;height:auto;margin:0"],
  [" .pl-tiles", "display:flex;flex-wrap:wrap;gap:8px;margin:0;padding:0;list-style:none"],
  [" .pl-tiles li", "margin:0"],
  [" .pl-tiles img", "width:auto;height:120px;max-width:240px;object-fit:contain"],
];

const style = rules.map(([selector, declarations]) => `${root}${selector}{${declarations}}`).join("");

/** An output around `body`, which is HTML already. */
export function frame(body: string): string {
  return `<div class="pl-value"><style>${style}</style>${body}</div>`;
}

/** A muted line above or below what it speaks of. */
export function note(text: string): string {
  return `<p class="pl-note">${escapeHtml(text)}</p>`;
}
