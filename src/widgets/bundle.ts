/** A figure in the three forms that notebooks and pages know: HTML, a picture, text. */

/** What Jupyter calls a MIME bundle. It can be written to JSON as it is. */
export interface MimeBundle {
  /** a self-contained figure: it needs no network, and no other figure on the page */
  "text/html": string;
  /** the figure drawn as a PNG, in base64, for readers that run no scripts */
  "image/png": string;
  /** the figure's content in a few lines of text */
  "text/plain": string;
}

/** What every figure lets its author say. */
export interface FigureOptions {
  /** heading above the figure @default none */
  readonly title?: string;
  /** replaces the caption that the figure writes itself */
  readonly caption?: string;
  /** the model behind the result, for the caption @default what the result knows, else "a model not named here" */
  readonly modelName?: string;
  /** the size of the model's input in pixels, for the caption @default what the result knows */
  readonly size?: number | readonly [height: number, width: number];
}

/** A caption in its parts, so that every figure answers the same three questions. */
export interface Caption {
  /** what it shows, of how many pictures, by which model at which size */
  shows: string;
  /** how to read it; sentences */
  reading?: string;
  /** what only holds where a script runs; sentences that still pictures leave out */
  live?: string;
  /** what only holds for the still picture, such as what it leaves out; sentences */
  still?: string;
  /** what to look for */
  lookFor?: string;
}

/** The caption as running text, for a still picture or for text alone. */
export function captionText({ shows, reading, still, lookFor }: Caption, medium: "picture" | "text"): string {
  const parts = [shows, reading, medium === "picture" ? still : "", lookFor && `Look for ${lookFor}`];
  return parts.filter(Boolean).join(" ");
}
