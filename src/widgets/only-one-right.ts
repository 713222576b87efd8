/** Pictures that one of two models recognises and the other does not. */
import { confidences } from "../core/classify/predictions.js";
import type { ComparedPair, Comparison } from "../core/compare/comparison.js";
import { ArgumentError } from "../core/errors.js";
import type { FigureOptions, MimeBundle } from "./bundle.js";
import { bestHead, comparedAtSize, entryOf, modelColours } from "./compared-models.js";
import { tileDrawing, tileMarkup } from "./evidence.js";
import { bundleOf, type Figure } from "./figure.js";
import { escapeHtml, fold, shortName } from "./markup.js";
import { gridSide, type PicturePool, picturePool } from "./picture-pool.js";
import { contentWidth, type Drawing, fitText, stacked, svgText } from "./svg.js";
import type { Thumbnail } from "./thumbnail.js";
import { count, counted, listed, percent } from "./wording.js";

export interface OnlyOneRightOptions extends FigureOptions {
  /** the two models @default every two of the comparison */
  readonly models?: readonly [a: string, b: string];
  /** @default the one with which the models are right most often */
  readonly head?: string;
  /** pictures of a grid that are open; the others fold @default 12 */
  readonly open?: number;
  /** pictures of a grid that are drawn at all @default 18 */
  readonly limit?: number;
}

/** Pictures that `right` recognises and `wrong` does not. */
interface Wall {
  readonly right: Side;
  readonly wrong: Side;
  /** all of them, also those not drawn */
  readonly total: number;
  readonly tiles: readonly Tile[];
}

interface Side {
  readonly model: string;
  readonly colour: string;
}

interface Tile {
  readonly name: string;
  readonly picture?: Thumbnail;
  readonly truth: string;
  /** what both said, the right one first, such as "dress 92 %" */
  readonly said: readonly [string, string];
}

/**
 * Draws the pictures that only one of two models gets right, in a grid for each, with what both said and how surely.
 *
 * @throws ArgumentError when the comparison has no such pair of models with such a head
 */
export async function onlyOneRight(comparison: Comparison, options: OnlyOneRightOptions = {}): Promise<MimeBundle> {
  return bundleOf(await onlyOnePart(comparison, options), options, "Pictures that only one model gets right");
}

/** The same, to be joined with others. */
export async function onlyOnePart(
  comparison: Comparison,
  options: OnlyOneRightOptions = {},
  pool: PicturePool = picturePool(gridSide),
): Promise<Figure> {
  const head = options.head ?? bestHead(comparison);
  const pairs = pairsOf(comparison, head, options.models);
  const walls = await wallsOf(comparison, pairs, options.limit ?? 18, pool);
  const names = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))].map((name) => comparedAtSize(comparison, name));
  const limited = walls.some(({ total, tiles }) => total > tiles.length);
  return {
    widget: "only-one-right",
    body: walls.map((wall) => wallMarkup(wall, options.open ?? 12)).join(""),
    caption: {
      shows: `Pictures that only one of two models gets right, of ${counted(comparison.tested.length, "tested picture")}, with ${head}: ${listed(names)}.`,
      reading: `Below each picture its class, then what the model that was right said and how surely, then what the other said.${limited ? ` The first ${count(options.limit ?? 18)} of each grid are drawn.` : ""} The surest come first.`,
      lookFor:
        "what the pictures of one grid have in common: it is what this model sees and the other does not. A few on either side are chance.",
    },
    drawing: stacked(walls.map(drawWall), 18),
    text: walls.flatMap(textOf),
  };
}

function pairsOf({ pairs }: Comparison, head: string, models: OnlyOneRightOptions["models"]): ComparedPair[] {
  const those = pairs.filter(
    (pair) => pair.head === head && (models === undefined || (models.includes(pair.a) && models.includes(pair.b))),
  );
  if (those.length > 0) return those;
  const known = pairs.map(({ a, b, head: with_ }) => `${a} and ${b} with ${with_}`).join(", ");
  throw new ArgumentError(
    "comparison",
    `has no two models ${models ? `${models.join(" and ")} ` : ""}with ${head}: it has ${known || "one model alone"}`,
  );
}

async function wallsOf(
  comparison: Comparison,
  pairs: readonly ComparedPair[],
  limit: number,
  pool: PicturePool,
): Promise<Wall[]> {
  const { pictures, labels, tested, models } = comparison;
  const rows = pairs.flatMap(({ onlyA, onlyB }) => [...onlyA.slice(0, limit), ...onlyB.slice(0, limit)]);
  const thumbnailOf = await pool(rows.map((row) => pictures[row]));
  const colours = modelColours(models);
  const places = new Map(Array.from(tested, (row, place) => [row, place]));
  const wall = (right: string, wrong: string, head: string, list: readonly number[]): Wall => {
    const said = [right, wrong].map((model) => sayings(comparison, model, head));
    return {
      right: { model: right, colour: colours.get(right)! },
      wrong: { model: wrong, colour: colours.get(wrong)! },
      total: list.length,
      tiles: list.slice(0, limit).map((row) => {
        const picture = thumbnailOf(pictures[row]);
        const place = places.get(row) ?? -1;
        const name = shortName(pictures[row].name);
        const truth = labels.classes[labels.indices[row]];
        return { name, truth, said: [said[0](place), said[1](place)], ...(picture ? { picture } : {}) };
      }),
    };
  };
  return pairs.flatMap(({ a, b, head, onlyA, onlyB }) => [wall(a, b, head, onlyA), wall(b, a, head, onlyB)]);
}

function sayings(comparison: Comparison, model: string, head: string): (place: number) => string {
  const { predictions } = entryOf(comparison, model, head);
  const sure = confidences(predictions);
  return (place) => `${predictions.classes[predictions.predicted[place]]} ${percent(sure[place])}`;
}

function headWords({ right, wrong, total }: Wall): string {
  return `${right.model} right, ${wrong.model} wrong: ${counted(total, "picture")}`;
}

function wallMarkup(wall: Wall, open: number): string {
  const { right, wrong, total, tiles } = wall;
  const dot = ({ colour }: Side): string => `<i class="pl-dot" style="--pl-mark:${colour}"></i>`;
  const items = tiles.map(({ name, truth, said, ...tile }) => {
    const lines = [right, wrong].map(
      (side, i) =>
        `<span class="pl-said">${dot(side)}<span class="pl-sr">${escapeHtml(side.model)} said </span>${escapeHtml(said[i])}</span>`,
    );
    return (
      `<li class="pl-hit">${tileMarkup({ name, ...tile })}<div class="pl-note"><span class="pl-label">${escapeHtml(truth)}</span>` +
      `${lines.join("")}<span class="pl-name" title="${escapeHtml(name)}">${escapeHtml(name)}</span></div></li>`
    );
  });
  const heading =
    `<div class="pl-heads"><span><span>${dot(right)}${escapeHtml(right.model)} right,</span> ` +
    `<span>${dot(wrong)}${escapeHtml(wrong.model)} wrong:</span> ${counted(total, "picture")}</span></div>`;
  const list = (those: readonly string[]): string => `<ul class="pl-hits pl-wall">${those.join("")}</ul>`;
  const grid = total === 0 ? "" : fold(items, open, list, (n) => counted(n, "more picture"));
  return `<section class="pl-one-right" aria-label="${escapeHtml(headWords(wall))}">${heading}${grid}</section>`;
}

function textOf(wall: Wall): string[] {
  const lines = wall.tiles.map(
    ({ name, truth, said }) => `  ${name}, ${truth}: ${wall.right.model} ${said[0]}, ${wall.wrong.model} ${said[1]}`,
  );
  return [headWords(wall), ...lines];
}

const [columns, gap, words, mostDrawn] = [6, 12, 62, 12];
const tileSide = (contentWidth - (columns - 1) * gap) / columns;

function drawWall(wall: Wall): Drawing {
  const shown = wall.tiles.slice(0, mostDrawn);
  const tiles = shown.map(({ name, truth, said, ...tile }, i) => {
    const [x, y] = [(i % columns) * (tileSide + gap), 24 + Math.floor(i / columns) * (tileSide + words)];
    const lines = [wall.right, wall.wrong].map(({ colour }, k) => {
      const below = y + tileSide + 29 + 13 * k;
      return `<circle cx="${x + 4}" cy="${below - 3.5}" r="3.5" fill="${colour}"/>${svgText(fitText(said[k], tileSide - 12, 10.5), x + 12, below, { size: 10.5 })}`;
    });
    return (
      tileDrawing({ name, ...tile }, x, y, tileSide) +
      svgText(fitText(truth, tileSide, 11), x, y + tileSide + 15, { size: 11, weight: 600 }) +
      lines.join("")
    );
  });
  const more = wall.total > shown.length ? `, ${count(shown.length)} of them drawn` : "";
  return {
    elements: svgText(headWords(wall) + more, 0, 13, { weight: 600 }) + tiles.join(""),
    height: 24 + Math.ceil(shown.length / columns) * (tileSide + words),
  };
}
