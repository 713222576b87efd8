/** Large inputs in blocks, so that memory does not grow with their number of rows. */
import { inTurns } from "../numeric/in-turns.js";
import type { Matrix } from "../numeric/matrix.js";
import { type FeatureScaling, scaledRowsSteps, unitRowsSteps } from "./scaling.js";

/** numbers in a block: 8 MB */
const numbersAtOnce = 2 ** 21;

export interface RowBlock {
  /** scaled */
  readonly rows: Matrix;
  /** the number of its first row */
  readonly from: number;
}

export interface BlockOptions {
  /** numbers that are in memory for each row, where that is more than its own @default its own */
  readonly width?: number;
  /** whether rows are compared by direction, so that what is zero after scaling is an error @default false */
  readonly directions?: boolean;
  /** what errors call `x` @default "x" */
  readonly argument?: string;
  readonly signal?: AbortSignal | undefined;
}

/** The rows of `x` scaled, block by block. @throws as `scaleFeatures`, naming rows of `x` */
export async function* scaledBlocks(
  x: Matrix,
  scaling: FeatureScaling,
  { width = 0, directions = false, argument = "x", signal }: BlockOptions = {},
): AsyncGenerator<RowBlock> {
  const size = Math.max(1, Math.floor(numbersAtOnce / Math.max(1, x.cols, width)));
  for (let from = 0; from < x.rows; from += size) {
    const to = Math.min(x.rows, from + size);
    const scaled = await inTurns(scaledRowsSteps(x, scaling, { from, to, argument }), signal);
    const compare = directions && scaling.rule !== "l2";
    const rows = compare ? await inTurns(unitRowsSteps(scaled, { argument, from }), signal) : scaled;
    yield { rows, from };
  }
}
