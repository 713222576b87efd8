/** Why two pictures match: which of their patches look alike. */
import { countOnes } from "../core/features/mask.js";
import type { MatchedPatches, PatchMatch, RegionMatch } from "../core/features/matching.js";
import type { Caption, FigureOptions, MimeBundle } from "./bundle.js";
import { bundleOf } from "./figure.js";
import { drawMatch } from "./match-drawing.js";
import type { MarkedPair } from "./match-marks.js";
import { matchMarkup } from "./match-markup.js";
import { type DrawnMatch, drawnMatch } from "./match-tiles.js";
import type { PictureLike } from "./thumbnail.js";
import { count, counted, decimal, modelAtSize } from "./wording.js";

/** A picture's patches; its record need not be complete. */
export type MatchedLike = Omit<MatchedPatches, "picture"> & { picture?: PictureLike };

/** What a match figure shows; the records of `matchPatches` and `matchRegion` fit. */
export type MatchLike = Omit<PatchMatch, "a" | "b"> &
  Partial<Pick<RegionMatch, "similarity" | "region" | "covered">> & { a: MatchedLike; b: MatchedLike };

export interface MatchFigureOptions extends FigureOptions {
  /** pairs of patches that get a number, at most @default 6 */
  readonly marks?: number;
}

/**
 * Draws two pictures with the pairs of patches that choose each other, numbered, and how well every patch of each is
 * found in the other, on the magma scale.
 *
 * @param match what `matchPatches` or `matchRegion` returned
 * @returns HTML without Plotly, PNG and text
 */
export async function matchFigure(match: MatchLike, options: MatchFigureOptions = {}): Promise<MimeBundle> {
  const drawn = await drawnMatch(match, options.marks);
  const { names, marks } = drawn;
  return bundleOf(
    {
      widget: "match",
      body: await matchMarkup(drawn),
      caption: caption(match, drawn, options),
      drawing: await drawMatch(drawn),
      text: marks.map((pair) => textOf(pair, match, names)),
    },
    options,
    `Alike in ${names[0]} and ${names[1]}`,
  );
}

function textOf({ number, a, b, similarity }: MarkedPair, match: MatchLike, names: readonly string[]): string {
  const [first, second] = [
    { place: a, side: match.a, name: names[0] },
    { place: b, side: match.b, name: names[1] },
  ].map(
    ({ place, side, name }) =>
      `row ${Math.floor(place.y * side.rows)}, column ${Math.floor(place.x * side.cols)} of ${name}`,
  );
  return `${number}: ${first} and ${second}, ${decimal(similarity)} cosine`;
}

function caption(match: MatchLike, { names, marks, low, high }: DrawnMatch, options: MatchFigureOptions): Caption {
  const { region, modelName, inputSize } = match;
  const by = modelAtSize(options.modelName ?? modelName, options.size ?? inputSize);
  const shows = region
    ? `Where the box of ${names[0]} is found in ${names[1]}, by ${by}: ${boxWords(match)}.`
    : `What ${names[0]} and ${names[1]} have in common, by ${by}: ${pairWords(match)}.`;
  const reading = [
    marks.length > 0 && "The same number marks two patches that chose each other; 1 is the most similar pair.",
    `The colour of a patch is the cosine similarity to its best patch in the other picture, from ${low}, dark, to ${high}, light, in both maps.`,
    region && `Only patches in the box were compared with those of ${names[1]}.`,
  ];
  return {
    shows,
    reading: reading.filter(Boolean).join(" "),
    lookFor: region
      ? "one light area, which is where the box is found; light all over means that the box shows nothing particular."
      : "numbers on the same part of both things, and light areas: they are what the pictures share. Plain ground is often light too, as it is alike in most pictures.",
  };
}

function pairWords({ a, b, pairs }: MatchLike): string {
  const [n, m] = [a.rows * a.cols, b.rows * b.cols];
  const of = n === m ? count(n) : `${count(n)} and ${count(m)}`;
  return `${count(pairs.length)} of ${of} patches chose each other, out of all patches of the other picture`;
}

function boxWords({ covered, similarity = Number.NaN }: MatchLike): string {
  const patches = covered ? counted(countOnes(covered), "patch", "patches") : "patches";
  return `the best matches of its ${patches} have a mean similarity of ${decimal(similarity)} cosine`;
}
