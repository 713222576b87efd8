/** What a token attends to, as maps over the patches: one a head, their mean, and where most of it lies. */
import { ArgumentError, NotFiniteError, ShapeError } from "../errors.js";
import type { Attention } from "../model/model.js";
import { concatenated } from "../numeric/concatenated.js";
import type { Picture } from "../picture.js";

export interface AttentionMapOptions {
  /** which of the record's tokens, counted from 0 @default 0 */
  readonly from?: number;
  /** a single head, counted from 0 @default all of them */
  readonly head?: number;
  /** the share of the attention to patches that the masks keep, above 0 to 1 @default 0.6, as DINO's figures have it */
  readonly mass?: number;
}

/** The token whose attention it is; registers are counted from 0, patches by their place. */
export type AttentionToken =
  | { readonly kind: "cls" }
  | { readonly kind: "register"; readonly index: number }
  | { readonly kind: "patch"; readonly row: number; readonly column: number };

/** Attention of one token of one image. Patch (r, c) of head h is entry (h * rows + r) * cols + c of `data` and `masks`. */
export interface AttentionMap {
  /** attention weights to the patches [heads, rows, cols]; with the other tokens' weights, a head's add up to 1 */
  data: Float32Array;
  /** maps in `data`: all heads, or 1 where one was chosen */
  heads: number;
  rows: number;
  cols: number;
  /** the chosen head, counted from 0 */
  head?: number;
  /** mean over all heads of the block [rows * cols] */
  mean: Float32Array;
  /** 1 for the fewest patches that hold the share `mass` of a map's sum, strongest first [heads, rows, cols] */
  masks: Uint8Array;
  /** the same of the mean [rows * cols] */
  meanMask: Uint8Array;
  mass: number;
  /** how much of a head's attention goes to patches at all, 0 to 1 [heads]; the rest goes to class token and registers */
  patchShare: Float32Array;
  /** the block, counted from 0 */
  layer: number;
  /** where known */
  token?: AttentionToken;
  picture?: Picture;
  modelName?: string;
  inputSize?: readonly [height: number, width: number];
}

/**
 * Maps of one token's attention to the patches, and masks that keep most of it.
 *
 * @param attention an entry of `extract(images, { attention: true })`'s `attentions`
 * @throws ArgumentError when there is no such token or head, or `mass` is not above 0 to 1; ShapeError when the record's
 *   sizes do not agree; NotFiniteError naming the first bad row
 * @see Caron et al. 2021, arXiv:2104.14294, figures 1 and 3; facebookresearch/dino, visualize_attention.py, for the masks
 * @example const { mean } = attentionMap((await model.extract(["a.jpg"], { attention: true })).attentions[0]);
 */
export function attentionMap(attention: Attention, options: AttentionMapOptions = {}): AttentionMap {
  checkAttention(attention);
  const { from = 0, head, mass = 0.6 } = options;
  checkOptions(attention, from, head, mass);
  const { rows, cols, layer, picture, modelName, inputSize } = attention;
  const maps = Array.from({ length: attention.heads }, (_, h) => weightsOf(attention, h, from));
  const mean = meanOf(maps);
  const chosen = head === undefined ? maps : [maps[head]];
  const token = tokenOf(attention, from);
  return {
    data: concatenated(chosen),
    heads: chosen.length,
    ...{ rows, cols, mean, mass, layer },
    masks: Uint8Array.from(chosen.flatMap((map) => [...maskOfMass(map, mass)])),
    meanMask: maskOfMass(mean, mass),
    patchShare: Float32Array.from(chosen, sum),
    ...(head === undefined ? {} : { head }),
    ...(token ? { token } : {}),
    ...(picture ? { picture } : {}),
    ...(modelName === undefined ? {} : { modelName }),
    ...(inputSize ? { inputSize } : {}),
  };
}

function checkAttention({ data, heads, from, tokens, prefix, rows, cols }: Attention): void {
  if (!(data instanceof Float32Array))
    throw new ShapeError("attention", "must be an attention record, such as one of extract's `attentions`");
  if (tokens !== prefix + rows * cols)
    throw new ShapeError("attention", `counts ${tokens} tokens where ${prefix} + ${rows} x ${cols} are expected`);
  if (data.length !== heads * from * tokens)
    throw new ShapeError(
      "attention",
      `holds ${data.length} numbers where ${heads} heads x ${from} x ${tokens} tokens = ${heads * from * tokens} are expected`,
    );
}

function checkOptions(attention: Attention, from: number, head: number | undefined, mass: number): void {
  if (!Number.isInteger(from) || from < 0 || from >= attention.from)
    throw new ArgumentError("from", `is ${from}: the record has the attention of tokens 0 to ${attention.from - 1}`);
  if (head !== undefined && (!Number.isInteger(head) || head < 0 || head >= attention.heads))
    throw new ArgumentError("head", `is ${head}: this model has heads 0 to ${attention.heads - 1}`);
  if (!(mass > 0 && mass <= 1)) throw new ArgumentError("mass", `is ${mass}: give a share above 0, up to 1`);
}

/** The weights of one head and token to the patches, which come after the other tokens. */
function weightsOf({ data, from: count, tokens, prefix }: Attention, head: number, from: number): Float32Array {
  const row = head * count + from;
  const weights = data.slice(row * tokens + prefix, (row + 1) * tokens);
  if (!weights.every(Number.isFinite)) throw new NotFiniteError("attention", row, "run the model again");
  return weights;
}

function meanOf(maps: readonly Float32Array[]): Float32Array {
  return maps[0].map((_, i) => maps.reduce((total, map) => total + map[i], 0) / maps.length);
}

/** The strongest weights, the fewest that together hold the share `mass` of all. */
function maskOfMass(weights: Float32Array, mass: number): Uint8Array {
  const weakestFirst = Array.from(weights.keys()).sort((a, b) => weights[a] - weights[b]);
  const total = sum(weights);
  const mask = new Uint8Array(weights.length);
  let reached = 0;
  for (const i of weakestFirst) {
    reached += weights[i];
    mask[i] = reached / total > 1 - mass ? 1 : 0;
  }
  return mask;
}

function sum(weights: Float32Array): number {
  return weights.reduce((total, weight) => total + weight, 0);
}

function tokenOf({ whose, from: count, tokens, prefix, cols }: Attention, from: number): AttentionToken | undefined {
  if (whose === "cls") return { kind: "cls" };
  if (typeof whose === "object") {
    const place = whose[from];
    return "register" in place
      ? { kind: "register", index: place.register }
      : { kind: "patch", row: place[0], column: place[1] };
  }
  if (count !== tokens) return undefined;
  if (from === 0) return { kind: "cls" };
  if (from < prefix) return { kind: "register", index: from - 1 };
  return { kind: "patch", row: Math.floor((from - prefix) / cols), column: (from - prefix) % cols };
}
