/** Which blocks' tokens and which tokens' attention a caller asks for. */
import { ArgumentError } from "../errors.js";
import type { AttentionRequest, TokenPlace } from "./model.js";

/**
 * The blocks that `layers` stands for, counted from 0: those listed, or the last n.
 *
 * @throws ArgumentError when there is no such block
 */
export function chosenLayers(layers: number | readonly number[] | undefined, blocks: number): readonly number[] {
  if (layers === undefined) return [];
  if (typeof layers === "number") {
    if (Number.isInteger(layers) && layers >= 1 && layers <= blocks)
      return Array.from({ length: layers }, (_, i) => blocks - layers + i);
    throw new ArgumentError("layers", `is ${layers}: the last layers are 1 to ${blocks} of this model`);
  }
  if (!Array.isArray(layers) || layers.length === 0)
    throw new ArgumentError("layers", "must be a list of blocks such as [2, 5, 8, 11], or how many of the last");
  for (const block of layers)
    if (!Number.isInteger(block) || block < 0 || block >= blocks)
      throw new ArgumentError("layers", `names block ${block}: this model has blocks 0 to ${blocks - 1}`);
  if (new Set(layers).size < layers.length)
    throw new ArgumentError("layers", `names a block twice: ${layers.join(", ")}`);
  return layers;
}

export interface ChosenAttention {
  block: number;
  /** tokens whose attention is wanted */
  from: number[];
}

/**
 * The block and the tokens that a request stands for, in a picture of rows x cols patches after `prefix` tokens.
 *
 * @throws ArgumentError when there is no such block or patch
 */
export function chosenAttention(
  request: boolean | AttentionRequest | undefined,
  { blocks, prefix, rows, cols }: { blocks: number; prefix: number; rows: number; cols: number },
): ChosenAttention | undefined {
  if (request === undefined || request === false) return undefined;
  if (request !== true && (typeof request !== "object" || request === null))
    throw new ArgumentError("attention", `is ${JSON.stringify(request)}: give true, or { from, layer }`);
  const { from = "cls", layer = blocks - 1 } = request === true ? {} : request;
  if (!Number.isInteger(layer) || layer < 0 || layer >= blocks)
    throw new ArgumentError("attention.layer", `is ${layer}: this model has blocks 0 to ${blocks - 1}`);
  if (from === "cls") return { block: layer, from: [0] };
  if (from === "all") return { block: layer, from: Array.from({ length: prefix + rows * cols }, (_, i) => i) };
  if (!Array.isArray(from) || from.length === 0)
    throw new ArgumentError(
      "attention.from",
      'must be "cls", "all" or a list of patches as [row, column] and of registers as { register: 0 }',
    );
  const indexOf = (token: TokenPlace) =>
    "register" in Object(token)
      ? registerIndex((token as { register: number }).register, prefix)
      : prefix + patchIndex(token as readonly [number, number], rows, cols);
  return { block: layer, from: from.map(indexOf) };
}

function registerIndex(register: number, prefix: number): number {
  if (Number.isInteger(register) && register >= 0 && register < prefix - 1) return 1 + register;
  const there = prefix > 1 ? `has registers 0 to ${prefix - 2}` : "has no registers";
  throw new ArgumentError("attention.from", `names the register ${register}: this model ${there}`);
}

function patchIndex(place: readonly [number, number], rows: number, cols: number): number {
  const [row, col] = Array.isArray(place) ? place : [Number.NaN, Number.NaN];
  if (Number.isInteger(row) && Number.isInteger(col) && row >= 0 && col >= 0 && row < rows && col < cols)
    return row * cols + col;
  throw new ArgumentError(
    "attention.from",
    `names the patch ${JSON.stringify(place)}: the picture has ${rows} rows and ${cols} columns of them, counted from 0`,
  );
}
