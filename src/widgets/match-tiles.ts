/** A match as tiles: both pictures with their numbers, and both as maps of how well each patch is found in the other. */
import type { Region } from "../core/picture.js";
import { dimLayer, heatLayer, type Layer } from "./layers.js";
import { type MapTile, ratioOf } from "./map-tile.js";
import { shortName } from "./markup.js";
import type { MatchedLike, MatchLike } from "./match-figure.js";
import { type MarkedPair, markedPairs } from "./match-marks.js";
import { type Thumbnail, thumbnails } from "./thumbnail.js";
import { count, decimal } from "./wording.js";

/** The figure's parts, ready to draw. */
export interface DrawnMatch {
  /** of picture a and picture b */
  names: readonly string[];
  marks: readonly MarkedPair[];
  /** picture a and picture b with their numbers */
  marked: readonly MapTile[];
  /** the same pictures' patches by their similarity */
  heat: readonly MapTile[];
  /** what the colours' ends stand for */
  low: string;
  high: string;
}

const pictureSide = 420;

/** Reads the pictures and chooses the numbers, at most `most` of them. */
export async function drawnMatch(match: MatchLike, most = 6): Promise<DrawnMatch> {
  const { a, b } = match;
  const marks = markedPairs(match.pairs, a, b, most);
  const names = [a, b].map(({ picture }, i) => (picture ? shortName(picture.name) : `picture ${i + 1}`));
  const pictures = await thumbnails([a.picture, b.picture], pictureSide);
  const range = rangeOf([a, b]);
  const box = boxOf(match);
  const sides = [a, b].map(
    (side, i): Side => ({
      side,
      name: names[i],
      other: names[1 - i],
      ...(pictures[i] ? { picture: pictures[i] } : {}),
      ...(box && side === a ? { box } : {}),
    }),
  );
  return {
    names,
    marks,
    marked: sides.map((side, i) =>
      markedTile(
        side,
        marks.map((pair) => ({ number: pair.number, ...(i === 0 ? pair.a : pair.b) })),
      ),
    ),
    heat: sides.map((side) => heatTile(side, range)),
    low: decimal(range[0]),
    high: decimal(range[1]),
  };
}

interface Side {
  side: MatchedLike;
  name: string;
  /** the other picture's name */
  other: string;
  picture?: Thumbnail;
  /** what was looked for, in shares of width and height */
  box?: Region;
}

function markedTile({ side, name, picture, box }: Side, marks: NonNullable<MapTile["marks"]>): MapTile {
  const { rows, cols } = side;
  return {
    name,
    ratio: ratioOf(picture, rows, cols),
    ...(picture ? { picture } : {}),
    ...(box ? { box } : {}),
    marks,
    notes: [name, `${count(rows)} × ${count(cols)} patches`],
  };
}

function heatTile({ side, name, other, picture, box }: Side, range: Range): MapTile {
  const { rows, cols } = side;
  const [own, most] = rangeOf([side]);
  return {
    name: `how well each patch of ${name} is found in ${other}`,
    ratio: ratioOf(picture, rows, cols),
    // where every patch has a colour, they hide the picture
    ...(picture && side.best.includes(-1) ? { picture } : {}),
    layer: { pixels: similarityLayer(side, range), rows, cols },
    ...(box ? { box } : {}),
    notes: [`${name} in ${other}`, `${decimal(own)} to ${decimal(most)} cosine`],
  };
}

type Range = readonly [low: number, high: number];

/** The range of the similarities of patches that were compared; 0 to 0 where none was. */
function rangeOf(sides: readonly MatchedLike[]): Range {
  let [low, high] = [Infinity, -Infinity];
  for (const { data, best } of sides)
    data.forEach((value, i) => {
      if (best[i] < 0) return;
      low = Math.min(low, value);
      high = Math.max(high, value);
    });
  return low <= high ? [low, high] : [0, 0];
}

/** Heat where a patch was compared, darkness over the picture elsewhere. */
function similarityLayer({ data, best }: MatchedLike, [low, high]: Range): Layer {
  const layer = heatLayer(data.map((value) => (value - low) / (high - low || 1)));
  const dim = dimLayer(new Uint8Array(best.length));
  best.forEach((other, i) => {
    if (other < 0) layer.set(dim.subarray(4 * i, 4 * i + 4), 4 * i);
  });
  return layer;
}

/** The box that was looked for, in shares of the part of its picture that the model saw. */
export function boxOf({ a, region }: MatchLike): Region | undefined {
  const view = a.picture?.view;
  if (!region || !view) return undefined;
  const inside = (pixels: number, size: number): number => Math.min(1, Math.max(0, pixels / size));
  const left = inside(region.left - view.left, view.width);
  const top = inside(region.top - view.top, view.height);
  const right = inside(region.left + region.width - view.left, view.width);
  const bottom = inside(region.top + region.height - view.top, view.height);
  return { left, top, width: right - left, height: bottom - top };
}
