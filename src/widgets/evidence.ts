/** Pictures with the labelled pictures that are nearest to them: what speaks for a label and against it. */
import type { LabelledNeighbour } from "../core/evaluate/nearest-others.js";
import { escapeHtml, fold, inSequence, pathFromHere, shortName } from "./markup.js";
import { gridSide, type PicturePool, picturePool } from "./picture-pool.js";
import { contentWidth, type Drawing, fitText, ink, stacked, svgImage, svgText } from "./svg.js";
import type { PictureLike, Thumbnail } from "./thumbnail.js";
import { decimal } from "./wording.js";

/** A picture under question. */
export interface Questioned {
  readonly row: number;
  readonly picture?: PictureLike;
  /** what stands below it, the first line loud */
  readonly lines: readonly string[];
  readonly neighbours: readonly Neighbour[];
  /** neighbours with this label get a dot */
  readonly marked: string;
}

export interface Neighbour extends LabelledNeighbour {
  readonly picture?: PictureLike;
}

/** With its pictures ready to draw. */
export interface Evidence extends Omit<Questioned, "picture" | "neighbours"> {
  readonly item: Drawn;
  readonly neighbours: readonly (Omit<Neighbour, "picture"> & { readonly item: Drawn })[];
}

interface Drawn {
  readonly name: string;
  readonly path: string;
  readonly picture?: Thumbnail;
}

export async function evidenceOf(
  questioned: readonly Questioned[],
  pool: PicturePool = picturePool(gridSide),
): Promise<Evidence[]> {
  const thumbnailOf = await pool(
    questioned.flatMap(({ picture, neighbours }) => [picture, ...neighbours.map((one) => one.picture)]),
  );
  const draw = (picture: PictureLike | undefined, row: number): Drawn => {
    const drawn = thumbnailOf(picture);
    const name = picture ? shortName(picture.name) : `row ${row}`;
    return { name, path: picture ? pathFromHere(picture.name) : name, ...(drawn ? { picture: drawn } : {}) };
  };
  return questioned.map(({ picture, neighbours, ...rest }) => ({
    ...rest,
    item: draw(picture, rest.row),
    neighbours: neighbours.map(({ picture: near, ...known }) => ({ ...known, item: draw(near, known.row) })),
  }));
}

/** @param nearest what the neighbours are, such as "Nearest training pictures" */
export function evidenceMarkup(
  evidence: readonly Evidence[],
  nearest: string,
  open: number,
  summary: (n: number) => string,
): string {
  return fold(
    evidence.map((one) => rowMarkup(one, nearest)),
    open,
    inSequence,
    summary,
  );
}

function rowMarkup({ item, lines, neighbours, marked }: Evidence, nearest: string): string {
  const [first, ...rest] = lines;
  const said = rest.map((line) => `<span class="pl-label">${escapeHtml(line)}</span>`).join("");
  const hits = neighbours.map(
    (near) =>
      `<li class="pl-hit${near.label === marked ? " pl-same" : ""}">${tileMarkup(near.item)}<div class="pl-note">` +
      `<span class="pl-label">${escapeHtml(near.label)}</span>` +
      `<span>${decimal(near.similarity)} cosine</span>${nameMarkup(near.item)}</div></li>`,
  );
  return (
    `<section class="pl-query" aria-label="${escapeHtml(item.name)}"><div class="pl-asked">${tileMarkup(item)}` +
    `<div class="pl-note"><span class="pl-kind">${escapeHtml(first)}</span>${said}${nameMarkup(item)}</div></div>` +
    `<div class="pl-found"><div class="pl-nearest">${escapeHtml(nearest)}</div><ol class="pl-hits pl-near" style="--pl-columns:${Math.min(6, Math.max(4, hits.length))}">${hits.join("")}</ol></div></section>`
  );
}

/** A square place with a picture, or with its name where it cannot be read. */
export function tileMarkup({ name, picture }: Pick<Drawn, "name" | "picture">): string {
  const label = escapeHtml(name);
  const content = picture
    ? `<img src="${picture.uri}" alt="${label}" width="${picture.width}" height="${picture.height}">`
    : `<span class="pl-missing">${label}</span>`;
  return `<div class="pl-tile pl-square">${content}</div>`;
}

function nameMarkup({ name, path }: Drawn): string {
  return `<span class="pl-name" title="${escapeHtml(path)}">${escapeHtml(name)}</span>`;
}

const [columns, gap, between, mostDrawn] = [6, 12, 24, 5];
const tile = (contentWidth - between - (columns - 1) * gap) / (columns + 1);

/** The first rows as a still picture. */
export function drawEvidence(evidence: readonly Evidence[], rest: (n: number) => string): Drawing {
  const rows = evidence.slice(0, mostDrawn).map(rowDrawing);
  const left = evidence.length - rows.length;
  const more = left > 0 ? [{ elements: svgText(rest(left), 0, 12, { colour: ink.muted }), height: 16 }] : [];
  return stacked([...rows, ...more], 12);
}

function rowDrawing({ item, lines, neighbours, marked }: Evidence): Drawing {
  const words = (texts: readonly string[], x: number, from = x): string =>
    texts
      .map((text, i) =>
        svgText(fitText(text, tile + (x === 0 ? between - 4 : 4), 10.5), i === 0 ? from : x, tile + 16 + 14 * i, {
          size: 10.5,
          ...(i === 0 ? { weight: 600 } : { colour: ink.muted }),
        }),
      )
      .join("");
  const near = neighbours.slice(0, columns).map((one, i) => {
    const x = tile + between + i * (tile + gap);
    const dot = one.label === marked ? `<circle cx="${x + 4}" cy="${tile + 12.5}" r="3.5" fill="${ink.accent}"/>` : "";
    return (
      tileDrawing(one.item, x, 0, tile) +
      dot +
      words([one.label, `${decimal(one.similarity)} cosine`], x, dot ? x + 12 : x)
    );
  });
  const frame = `<rect x="1" y="1" width="${tile - 2}" height="${tile - 2}" fill="none" stroke="${ink.accent}" stroke-width="2"/>`;
  return {
    elements: tileDrawing(item, 0, 0, tile) + frame + words([...lines, item.name], 0) + near.join(""),
    height: tile + 10 + 14 * Math.max(2, lines.length + 1),
  };
}

/** A square place in a still picture. */
export function tileDrawing(
  { name, picture }: Pick<Drawn, "name" | "picture">,
  x: number,
  y: number,
  size: number,
): string {
  const content = picture
    ? svgImage(picture.uri, x, y, size, size)
    : svgText(fitText(name, size, 10), x + 4, y + 20, { size: 10 });
  return `<rect x="${x}" y="${y}" width="${size}" height="${size}" fill="${ink.surface}"/>${content}`;
}
