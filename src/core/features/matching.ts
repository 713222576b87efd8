/** Which patches of two pictures look alike: for each the most similar one of the other picture. */
import { cellSignal } from "../display-hook.js";
import { ModelMismatchError, ShapeError } from "../errors.js";
import type { Matrix, Patches } from "../numeric/matrix.js";
import { type CosineNeighbours, neighbours } from "../numeric/neighbours.js";
import { rowLengths } from "../numeric/normalise.js";
import type { Picture, Region } from "../picture.js";
import { countOnes, maskedRows } from "./mask.js";
import { regionPatches } from "./region.js";
import { patchTokens } from "./tokens.js";

export interface MatchOptions {
  /** stops between blocks */
  readonly signal?: AbortSignal;
}

/** One of two pictures that were compared. Patch (r, c) is entry r * cols + c. */
export interface MatchedPatches {
  /** cosine similarity of each patch to the most similar one of the other picture, -1 to 1 [rows * cols] */
  data: Float32Array;
  /** that patch of the other picture; -1, and 0 in `data`, where a patch was not compared [rows * cols] */
  best: Int32Array;
  rows: number;
  cols: number;
  picture?: Picture;
}

/** A patch of each picture, by its index row by row, each the most similar to the other. */
export interface PatchPair {
  a: number;
  b: number;
  /** cosine, -1 to 1 */
  similarity: number;
}

export interface PatchMatch {
  a: MatchedPatches;
  b: MatchedPatches;
  /** the patches that choose each other, most similar first */
  pairs: PatchPair[];
  /** the model that the patches come from, where known */
  modelName?: string;
  /** height and width of that model's input in pixels, where it is the same for both */
  inputSize?: readonly [height: number, width: number];
}

/** A box of picture `a`, looked for in picture `b`. Only patches in the box were compared. */
export interface RegionMatch extends PatchMatch {
  /** mean, over the patches in the box, of the similarity to their best patch in `b` */
  similarity: number;
  /** the box that was asked for, in pixels of the upright picture */
  region: Region;
  /** 1 for the patches of `a` in the box [rows * cols] */
  covered: Uint8Array;
}

/**
 * For every patch of two pictures the most similar patch of the other, by cosine, and the pairs that choose each other.
 * Among equally similar patches the one with the lower index is taken. Patches of zeros, which networks that end in a
 * ReLU can give, have no direction and are not compared.
 *
 * @param a, b patches of one model; their grids may differ
 * @throws ShapeError when the patches differ in their numbers or are no records; ModelMismatchError when they come from
 *   different models; NotFiniteError naming the picture and its first bad patch
 * @see Amir et al. 2021, arXiv:2112.05814, who call such pairs best buddies
 * @example const { pairs } = await matchPatches(patches[0], patches[1]);
 */
export async function matchPatches(a: Patches, b: Patches, options: MatchOptions = {}): Promise<PatchMatch> {
  return match(a, b, undefined, options);
}

/**
 * Looks for what a box of one picture shows in another: each patch in the box is compared with all of the candidate.
 *
 * @param query patches with their picture
 * @param region a box in pixels of that picture, upright
 * @param candidate patches of the same model
 * @throws ArgumentError as `regionPatches`; and what `matchPatches` throws
 */
export async function matchRegion(
  query: Patches,
  region: Region,
  candidate: Patches,
  options: MatchOptions = {},
): Promise<RegionMatch> {
  const covered = regionPatches(query, region);
  const matched = await match(query, candidate, covered, options);
  // patches outside the box have 0
  const similarity = matched.a.data.reduce((sum, value) => sum + value, 0) / countOnes(covered);
  return { ...matched, similarity, region, covered };
}

async function match(
  a: Patches,
  b: Patches,
  covered: Uint8Array | undefined,
  options: MatchOptions,
): Promise<PatchMatch> {
  const signal = cellSignal(options.signal);
  checkOneModel(a, b);
  const [left, right] = comparable(a, b, covered);
  const empty = left.tokens.rows === 0 || right.tokens.rows === 0;
  const [there, back] = empty
    ? []
    : await Promise.all([nearestOf(left.tokens, right.tokens, signal), nearestOf(right.tokens, left.tokens, signal)]);
  const { modelName = b.modelName, inputSize } = a;
  const sameSize = inputSize && b.inputSize?.every((side, i) => side === inputSize[i]);
  return {
    a: matchedPatches(a, left.places, there, right.places),
    b: matchedPatches(b, right.places, back, left.places),
    pairs: there && back ? mutualPairs(there, back, left.places, right.places) : [],
    ...(modelName === undefined ? {} : { modelName }),
    ...(sameSize ? { inputSize } : {}),
  };
}

function checkOneModel(a: Patches, b: Patches): void {
  if (a?.modelName !== undefined && b?.modelName !== undefined && a.modelName !== b.modelName)
    throw new ModelMismatchError(
      "b",
      `comes from ${b.modelName} where a comes from ${a.modelName}, and patches of different models cannot be compared: extract both with one`,
    );
  if (a?.dim !== b?.dim)
    throw new ShapeError("b", `has ${b?.dim} numbers a patch where a has ${a?.dim}: use patches of one model`);
}

/** The patches of one picture that are compared. */
interface Compared {
  tokens: Matrix;
  /** their indices in the picture */
  places: Int32Array;
}

function comparable(a: Patches, b: Patches, covered: Uint8Array | undefined): [Compared, Compared] {
  const tokens = patchTokens([a, b]);
  const used = Uint8Array.from(rowLengths(tokens), (length) => (length > 0 ? 1 : 0));
  const split = a.rows * a.cols;
  covered?.forEach((inside, i) => {
    if (!inside) used[i] = 0;
  });
  const part = (from: number, to: number): Compared => {
    const mask = used.subarray(from, to);
    const data = tokens.data.subarray(from * tokens.cols, to * tokens.cols);
    return {
      tokens: maskedRows({ data, rows: to - from, cols: tokens.cols }, mask),
      places: Int32Array.from(mask.keys()).filter((i) => mask[i] === 1),
    };
  };
  return [part(0, split), part(split, tokens.rows)];
}

function nearestOf(queries: Matrix, base: Matrix, signal?: AbortSignal): Promise<CosineNeighbours> {
  return neighbours(base, { k: 1, metric: "cosine", queries, ...(signal ? { signal } : {}) });
}

function matchedPatches(
  { rows, cols, picture }: Patches,
  places: Int32Array,
  found: CosineNeighbours | undefined,
  otherPlaces: Int32Array,
): MatchedPatches {
  const data = new Float32Array(rows * cols);
  const best = new Int32Array(rows * cols).fill(-1);
  if (found)
    places.forEach((place, i) => {
      data[place] = found.similarities[i];
      best[place] = otherPlaces[found.indices[i]];
    });
  return { data, best, rows, cols, ...(picture ? { picture } : {}) };
}

function mutualPairs(
  there: CosineNeighbours,
  back: CosineNeighbours,
  leftPlaces: Int32Array,
  rightPlaces: Int32Array,
): PatchPair[] {
  const pairs: PatchPair[] = [];
  there.indices.forEach((j, i) => {
    if (back.indices[j] === i) pairs.push({ a: leftPlaces[i], b: rightPlaces[j], similarity: there.similarities[i] });
  });
  return pairs.sort((p, q) => q.similarity - p.similarity || p.a - q.a);
}
