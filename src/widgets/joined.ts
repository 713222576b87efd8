/** Several figures as one, each with its own caption; those that ask for time fold. */
import { captionText } from "./bundle.js";
import { captionInner, type Figure } from "./figure.js";
import { escapeHtml } from "./markup.js";
import { contentWidth, type Drawing, ink, stacked, svgLines, svgText } from "./svg.js";

export interface Part {
  readonly heading?: string;
  readonly figure: Figure;
  /** behind a line that unfolds it, and not in the still picture @default false */
  readonly folded?: boolean;
}

/** Body, drawing and text of all parts. */
export function joined(parts: readonly Part[]): Pick<Figure, "body" | "drawing" | "text"> {
  const open = parts.filter(({ folded }) => !folded);
  return {
    body: parts.map(partMarkup).join(""),
    drawing: stacked(open.map(partDrawing), 26),
    text: open.flatMap(({ heading, figure }) => [...(heading ? [heading] : []), ...figure.text]),
  };
}

function partMarkup({ heading, figure, folded }: Part): string {
  const content = `${figure.body}<p class="pl-part-caption">${captionInner(figure.caption)}</p>`;
  const title = escapeHtml(heading ?? "");
  if (folded) return `<details class="pl-more pl-part"><summary>${title}</summary>${content}</details>`;
  return `<section class="pl-part">${title && `<div class="pl-heads">${title}</div>`}${content}</section>`;
}

function partDrawing({ heading, figure }: Part): Drawing {
  const title = heading ? [{ elements: svgText(heading, 0, 14, { weight: 600 }), height: 20 }] : [];
  const caption = svgLines(captionText(figure.caption, "picture"), 0, 12, contentWidth, {
    size: 11,
    colour: ink.muted,
  });
  return stacked([...title, figure.drawing, caption], 10);
}
