import { availableParallelism } from "node:os";
import { ArgumentError, ShapeError } from "../../errors.js";
import { checkCount } from "../../numeric/neighbours.js";
import { checkRankable } from "../../numeric/ranking.js";
import { threadCount } from "../../runtime/runtime.js";
import type { VectorSource } from "../searcher.js";
import type { GraphSettings } from "./graph.js";

export interface HnswOptions {
  /**
   * a number for each row that stays with its vector for ever, in ascending order and never used again for another:
   * [rows], whole numbers from 0 to 2^53 - 1; kept, and not to be changed while the searcher is open
   */
  readonly ids: ArrayLike<number>;
  /** what the vectors are, such as their collection and model: an index of anything else is not used */
  readonly identity: string;
  /** where the index is kept between runs @default nowhere */
  readonly file?: string;
  /** links a vector has on the upper levels, twice as many on the lowest: M in the paper @default 20 */
  readonly connectivity?: number;
  /** candidates that an insertion looks at: efConstruction in the paper @default 32 */
  readonly expansionAdd?: number;
  /** candidates that a search looks at: ef in the paper @default 48 */
  readonly expansionSearch?: number;
  /** threads that insert, and that search for many queries at once @default the machine's physical cores */
  readonly threads?: number;
  /** called after each block of vectors that was added */
  readonly onProgress?: (done: number, total: number) => void;
  /** stops between blocks */
  readonly signal?: AbortSignal;
}

/** Links and candidates beyond these are a slip: memory grows with both. */
const mostLinks = 512;
const mostCandidates = 2 ** 16;

/** The options and the source, checked. */
export function graphSettings({ rows, cols }: VectorSource, options: HnswOptions): GraphSettings {
  if (rows < 1 || cols < 1)
    throw new ShapeError(
      "vectors",
      `are ${rows} of ${cols} numbers: give at least one vector with at least one number`,
    );
  checkRankable(rows, "vectors");
  const { connectivity = 20, expansionAdd = 32, expansionSearch = 48 } = options;
  checkWithin({ connectivity }, 2, mostLinks);
  checkWithin({ expansionAdd, expansionSearch }, 1, mostCandidates);
  if (typeof options.identity !== "string") throw new ArgumentError("identity", "is missing: say what the vectors are");
  const threads = Math.min(threadCount(options.threads), availableParallelism());
  return { dim: cols, connectivity, expansionAdd, expansionSearch, threads };
}

function checkWithin(values: Readonly<Record<string, number>>, least: number, most: number): void {
  for (const [name, value] of Object.entries(values)) {
    checkCount(value, name);
    if (value < least || value > most)
      throw new ArgumentError(name, `is ${value}: give a whole number from ${least} to ${most}`);
  }
}
