/** A page of figures in one file that opens anywhere: no network, Plotly once, light and dark. */
import { bareMarkup, needsPlotly, plotlyBlock, script, styles } from "./assets.js";
import type { MimeBundle } from "./bundle.js";
import { escapeHtml } from "./markup.js";

export interface PageSection {
  readonly heading?: string;
  /** paragraphs, parted by empty lines */
  readonly text?: string;
  /** a figure */
  readonly bundle?: Pick<MimeBundle, "text/html">;
}

export interface PageContent {
  readonly title: string;
  /** paragraphs below the title */
  readonly intro?: string;
  readonly sections: readonly PageSection[];
  /** a line at the end, such as how the page was made */
  readonly footer?: string;
}

/**
 * One self-contained HTML file. Headings and texts are plain text: they are escaped.
 *
 * @returns the document; write it to a file with the ending .html
 */
export function page({ title, intro, sections, footer }: PageContent): string {
  const main = sections.map(sectionMarkup).join("");
  const plotly = sections.some(({ bundle }) => bundle && needsPlotly(bundle["text/html"])) ? plotlyBlock() : "";
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>` +
    `<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark">` +
    `<link rel="icon" href="data:,">${styles()}</head><body class="patchlab-page"><div class="patchlab-root">` +
    `<header><h1>${escapeHtml(title)}</h1>${paragraphs(intro, "pl-intro")}${contents(sections)}</header>` +
    `<main>${main}</main>${footer ? `<footer>${paragraphs(footer)}</footer>` : ""}` +
    `<noscript><p class="pl-intro">Scripts are off: figures are still, the slider and the map do not answer.</p></noscript>` +
    `${plotly}${script()}</div></body></html>\n`
  );
}

function sectionMarkup({ heading, text, bundle }: PageSection, i: number): string {
  const head = heading ? `<h2>${escapeHtml(heading)}</h2>` : "";
  const figure = bundle ? bareMarkup(bundle["text/html"]) : "";
  return `<section id="section-${i + 1}">${head}${paragraphs(text)}${figure}</section>`;
}

/** Links to the sections, where there are enough to get lost in. */
function contents(sections: readonly PageSection[]): string {
  const links = sections.flatMap(({ heading }, i) =>
    heading ? [`<li><a href="#section-${i + 1}">${escapeHtml(heading)}</a></li>`] : [],
  );
  return links.length < 3 ? "" : `<nav aria-label="Sections"><ol>${links.join("")}</ol></nav>`;
}

function paragraphs(text: string | undefined, className?: string): string {
  const open = className ? `<p class="${className}">` : "<p>";
  const parts = (text ?? "").split(/\n\s*\n/).filter((part) => part.trim() !== "");
  return parts.map((part) => `${open}${escapeHtml(part.trim())}</p>`).join("");
}
