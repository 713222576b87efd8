/** Pictures so alike that training on one and testing on the other measures memory, not knowledge. */
import { ofCell } from "../display-hook.js";
import { ArgumentError, ShapeError } from "../errors.js";
import { inTurns } from "../numeric/in-turns.js";
import { checkMatrix, type Matrix } from "../numeric/matrix.js";
import { directedLengthsSteps } from "../numeric/normalise.js";
import { firstSameRow } from "../numeric/same-rows.js";
import type { Steps } from "../numeric/steps.js";
import { takeRows } from "../numeric/take-rows.js";
import { duplicateThreshold } from "./duplicate-threshold.js";
import { keepPairs, type PairKeeper, type SimilarPair } from "./similar-pairs.js";
import { eachSimilarityBlock, type SimilarityBlock } from "./similarity-blocks.js";
import { type UnionFind, unionFind } from "./union-find.js";

export type { SimilarPair } from "./similar-pairs.js";

export interface SimilarityGroups {
  /** [rows], a group's number, counted from 0 in the order of its first row: rows of one group must stay together */
  readonly groups: Int32Array;
  /** how many groups there are */
  readonly count: number;
  /** the pairs that made groups of several rows, the most similar first, 100,000 at most; equal rows pair with the first */
  readonly pairs: readonly SimilarPair[];
  /** the lowest of `thresholds` */
  readonly threshold: number;
  /** cosine from which rows were joined, one a matrix */
  readonly thresholds?: readonly number[];
}

/** Similar pairs on both sides of a split. */
export interface LeakReport {
  /** the lowest of `thresholds` */
  readonly threshold: number;
  /** cosine from which rows count as similar, one a matrix */
  readonly thresholds?: readonly number[];
  /** a is a training (or validation) row, b a test row; for each test row its most similar one, the most similar first */
  readonly pairs: readonly SimilarPair[];
  /** test rows in such a pair, in rising order */
  readonly testRows: Int32Array;
}

export interface SimilarityOptions {
  /** cosine similarity from which rows belong together, above 0 to 1 @default 0.9, or more for a matrix all of whose rows are alike: see `duplicateThreshold` */
  readonly threshold?: number;
  /** stops between blocks */
  readonly signal?: AbortSignal;
  /** called after each block, with pairs of rows over all matrices */
  readonly onProgress?: (done: number, total: number) => void;
}

const mostPairs = 100_000;

/**
 * Groups rows that are near-duplicates of each other, directly or by way of others: pairs whose cosine similarity
 * reaches the threshold in any of the matrices are joined. Compares all pairs, block by block: time grows with the
 * square of the rows, memory with the rows.
 *
 * @param vectors [rows, dim] of one model, or several models' matrices of the same rows
 * @throws ShapeError when there is no matrix, one has no rows, or they have not the same rows; NotFiniteError and
 *   DegenerateDataError naming the first row that is not finite or zero; ArgumentError for a threshold that is none
 */
export async function similarityGroups(
  vectors: Matrix | readonly Matrix[],
  options: SimilarityOptions = {},
): Promise<SimilarityGroups> {
  const { signal, onProgress } = ofCell(options);
  const matrices = checkedMatrices(vectors);
  const thresholds = await thresholdsOf(vectors, options.threshold, signal);
  const { rows } = matrices[0];
  const found = { sets: unionFind(rows), pairs: keepPairs(mostPairs) };
  for (const [i, x] of matrices.entries()) {
    await joinSimilar(x, thresholds[i], found, {
      signal,
      onProgress: (done, total) => onProgress?.(i * total + done, matrices.length * total),
    });
  }
  const groups = numbered(found.sets, rows);
  return {
    groups,
    count: groups.reduce((most, group) => Math.max(most, group + 1), 0),
    pairs: found.pairs.best(),
    ...{ threshold: Math.min(...thresholds), thresholds },
  };
}

/** One or several matrices of the same rows, checked. */
export function checkedMatrices(vectors: Matrix | readonly Matrix[]): readonly Matrix[] {
  const matrices: readonly Matrix[] = Array.isArray(vectors) ? vectors : [vectors as Matrix];
  if (matrices.length === 0) throw new ShapeError("vectors", "are none: give a matrix or several of the same rows");
  matrices.forEach((x, i) => {
    const name = matrixName(vectors, i);
    checkMatrix(x, name);
    if (x.rows === 0 || x.cols === 0)
      throw new ShapeError(name, `is ${x.rows} x ${x.cols}: give at least one row and one column`);
    if (x.rows !== matrices[0].rows)
      throw new ShapeError(name, `has ${x.rows} rows where the first has ${matrices[0].rows}: give the same pictures`);
  });
  return matrices;
}

export function matrixName(vectors: Matrix | readonly Matrix[], i: number): string {
  return Array.isArray(vectors) ? `vectors[${i}]` : "vectors";
}

/** @throws ArgumentError when it is there and no cosine above 0 */
export function checkThreshold(asked: number | undefined, argument: string): void {
  if (asked !== undefined && !(asked > 0 && asked <= 1))
    throw new ArgumentError(argument, `is ${asked}: give a cosine similarity above 0, up to 1`);
}

/**
 * The cosine from which rows of each matrix belong together: the one that was asked for, or each matrix's own.
 *
 * @throws ArgumentError for a threshold that is none; NotFiniteError and DegenerateDataError naming the first bad row
 */
export async function thresholdsOf(
  vectors: Matrix | readonly Matrix[],
  asked: number | undefined,
  signal: AbortSignal | undefined,
): Promise<number[]> {
  checkThreshold(asked, "threshold");
  const thresholds: number[] = [];
  for (const [i, x] of checkedMatrices(vectors).entries()) {
    await inTurns(directedLengthsSteps(x, matrixName(vectors, i)), signal);
    thresholds.push(asked ?? (await inTurns(duplicateThreshold(x), signal)));
  }
  return thresholds;
}

interface Found {
  readonly sets: UnionFind;
  readonly pairs: PairKeeper;
}

async function joinSimilar(
  x: Matrix,
  threshold: number,
  found: Found,
  options: { signal: AbortSignal | undefined; onProgress: (done: number, total: number) => void },
): Promise<void> {
  // equal rows would be as many pairs as the square of their number, and all say the same
  const first = await inTurns(firstSameRow(x), options.signal);
  const distinct: number[] = [];
  first.forEach((same, row) => {
    if (same === row) distinct.push(row);
    else {
      found.sets.join(same, row);
      found.pairs.add({ a: same, b: row, similarity: 1 });
    }
  });
  const compared = distinct.length === x.rows ? x : takeRows(x, distinct);
  await eachSimilarityBlock(compared, (block) => joinBlock(block, threshold, distinct, found), options);
}

function* joinBlock(
  block: SimilarityBlock,
  threshold: number,
  rowOf: readonly number[],
  { sets, pairs }: Found,
): Steps<void> {
  const { from, baseFrom, rows, baseRows, scores, slack } = block;
  for (let i = 0; i < rows; i++) {
    for (let j = Math.max(0, from + i + 1 - baseFrom); j < baseRows; j++) {
      const score = scores[i * baseRows + j];
      if (score < threshold - slack) continue;
      const wanted = score + slack >= pairs.floor();
      // measured where the product has not decided, or the similarity will be told
      const similarity = wanted || score < threshold + slack ? block.measure(i, j) : score;
      if (similarity < threshold) continue;
      const [a, b] = [rowOf[from + i], rowOf[baseFrom + j]];
      sets.join(a, b);
      if (wanted) pairs.add({ a, b, similarity });
    }
    yield;
  }
}

/** Groups numbered in the order of their first row. */
function numbered(sets: UnionFind, rows: number): Int32Array {
  const groups = new Int32Array(rows);
  let count = 0;
  // the lowest row stands for its set, so that its number is known before those of the others are asked for
  for (let row = 0; row < rows; row++) {
    const first = sets.find(row);
    groups[row] = first === row ? count++ : groups[first];
  }
  return groups;
}
