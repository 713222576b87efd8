/** Pictures side by side, for looking at what a list holds. */
import { ArgumentError } from "../core/errors.js";
import type { ImageSource } from "../core/picture.js";
import type { FigureOptions, MimeBundle } from "./bundle.js";
import { bundleOf } from "./figure.js";
import { escapeHtml, fold, shortName } from "./markup.js";
import { contentWidth, type Drawing, fitText, ink, svgImage, svgText } from "./svg.js";
import { type PictureLike, type Thumbnail, thumbnails } from "./thumbnail.js";
import { count, counted } from "./wording.js";

export interface GalleryOptions extends FigureOptions {
  /** one a picture, under its name */
  readonly labels?: readonly (string | undefined)[];
  /** pictures that are open; the others fold @default 24 */
  readonly open?: number;
  /** pictures that are drawn at all; the caption names the rest @default 240 */
  readonly limit?: number;
}

interface Tile {
  name: string;
  label?: string;
  picture?: Thumbnail;
}

/**
 * Draws a list of pictures as tiles of one size, each with its name.
 *
 * @param pictures records, paths, encoded bytes or pixels
 * @throws ArgumentError when the list is empty
 */
export async function gallery(
  pictures: readonly (PictureLike | ImageSource)[],
  options: GalleryOptions = {},
): Promise<MimeBundle> {
  if (pictures.length === 0) throw new ArgumentError("pictures", "hold nothing to show: give at least one picture");
  const shown = pictures.slice(0, options.limit ?? 240).map(named);
  const drawn = await thumbnails(shown, 224);
  const tiles = shown.map(
    ({ name }, i): Tile => ({ name: shortName(name), label: options.labels?.[i], picture: drawn[i] }),
  );
  const unreadable = drawn.filter((picture) => picture === undefined).length;
  const notes = [
    pictures.length > shown.length ? `The first ${count(shown.length)} are drawn.` : "",
    unreadable > 0
      ? `${counted(unreadable, "picture")} could not be read and only ${unreadable === 1 ? "has its name" : "have their names"}.`
      : "",
  ];
  return bundleOf(
    {
      widget: "gallery",
      body: fold(tiles.map(tileMarkup), options.open ?? 24, list, (n) => counted(n, "more picture")),
      caption: {
        shows: `${counted(pictures.length, "picture")}, none stretched.`,
        reading: notes.filter(Boolean).join(" "),
      },
      drawing: draw(tiles),
      text: [tiles.map(({ name }) => name).join(", ")],
    },
    options,
    counted(pictures.length, "picture"),
  );
}

function named(picture: PictureLike | ImageSource, i: number): PictureLike {
  if (typeof picture === "string") return { name: picture, source: picture };
  if (picture instanceof Uint8Array || !("source" in picture)) return { name: `picture ${i + 1}`, source: picture };
  return picture;
}

function list(tiles: readonly string[]): string {
  return `<ul class="pl-hits">${tiles.join("")}</ul>`;
}

function tileMarkup({ name, label, picture }: Tile): string {
  const text = escapeHtml(name);
  const content = picture ? `<img src="${picture.uri}" alt="${text}">` : `<span class="pl-missing">${text}</span>`;
  const labelled = label === undefined ? "" : `<span class="pl-label">${escapeHtml(label)}</span>`;
  return (
    `<li class="pl-hit"><div class="pl-tile pl-square">${content}</div>` +
    `<div class="pl-note">${labelled}<span class="pl-name" title="${text}">${text}</span></div></li>`
  );
}

function draw(tiles: readonly Tile[]): Drawing {
  const [columns, gap] = [6, 12];
  const side = (contentWidth - (columns - 1) * gap) / columns;
  const shown = tiles.slice(0, 24);
  const elements = shown.map(({ name, picture }, i) => {
    const [x, y] = [(i % columns) * (side + gap), Math.floor(i / columns) * (side + 30)];
    return (
      `<rect x="${x}" y="${y}" width="${side}" height="${side}" fill="${ink.surface}"/>` +
      (picture ? svgImage(picture.uri, x, y, side, side) : "") +
      svgText(fitText(name, side, 10.5), x, y + side + 14, { size: 10.5, colour: ink.muted })
    );
  });
  return { elements: elements.join(""), height: Math.ceil(shown.length / columns) * (side + 30) - 10 };
}
