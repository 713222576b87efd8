/** Puts a figure's parts together: its markup for pages, its picture and its text. */
import { standalone } from "./assets.js";
import { type Caption, captionText, type FigureOptions, type MimeBundle } from "./bundle.js";
import { escapeHtml, jsonScript } from "./markup.js";
import { type Drawing, drawPng } from "./svg.js";

/** What a widget hands over. */
export interface Figure {
  /** which part of the page's script brings it to life; empty for figures that need none */
  widget: string;
  /** whether that part draws with Plotly */
  plotly?: boolean;
  /** the figure's HTML, complete without any script */
  body: string;
  caption: Caption;
  /** what the page's script computes with */
  data?: unknown;
  /** the picture's content, between heading and caption */
  drawing: Drawing;
  /** lines of text below the heading */
  text: readonly string[];
}

/** The bundle of a figure. */
export async function bundleOf(figure: Figure, options: FigureOptions, fallbackTitle: string): Promise<MimeBundle> {
  const caption = options.caption === undefined ? figure.caption : { shows: options.caption };
  return {
    ...pageBundle(figure, options),
    "image/png": await drawPng(figure.drawing, options.title, captionText(caption, "picture")),
    "text/plain": [options.title ?? fallbackTitle, ...figure.text, captionText(caption, "text")].join("\n"),
  };
}

/** A figure for pages alone: no picture is drawn. */
export function pageBundle(figure: Figure, options: FigureOptions = {}): Pick<MimeBundle, "text/html"> {
  const caption = options.caption === undefined ? figure.caption : { shows: options.caption };
  return { "text/html": standalone(markup(figure, caption, options.title)) };
}

function markup(figure: Figure, caption: Caption, title?: string): string {
  const plotly = figure.plotly ? " data-plotly" : "";
  const heading = title ? `<h3 class="pl-title">${escapeHtml(title)}</h3>` : "";
  const data = figure.data === undefined ? "" : jsonScript(figure.data);
  return (
    `<figure class="patchlab" data-widget="${figure.widget}"${plotly}>${heading}` +
    `<div class="pl-body">${figure.body}</div>${captionMarkup(caption)}${data}</figure>`
  );
}

function captionMarkup(caption: Caption): string {
  return `<figcaption>${captionInner(caption)}</figcaption>`;
}

/** A caption's content, its first sentence strong. */
export function captionInner({ shows, reading, live, lookFor }: Caption): string {
  const parts = [`<strong>${escapeHtml(shows)}</strong>`];
  if (reading) parts.push(escapeHtml(reading));
  if (live) parts.push(escapeHtml(live));
  if (lookFor) parts.push(`<span class="pl-look">Look for</span> ${escapeHtml(lookFor)}`);
  return parts.join(" ");
}
