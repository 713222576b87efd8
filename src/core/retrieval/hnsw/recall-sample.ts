/** How many of the true nearest rows the graph finds, told from some rows whose nearest are known. */
import { bestProducts } from "../../numeric/held-base.js";
import type { Matrix } from "../../numeric/matrix.js";
import { seededRandom } from "../../numeric/random.js";
import { keySimilarity } from "../found.js";
import type { Found, VectorSource } from "../searcher.js";
import { measuredQueries, similarityKey } from "./cosine-ranking.js";
import { directions, readRows } from "./source-rows.js";

export interface Recall {
  /** how many nearest */
  k: number;
  /** the share of them that is found, 0 to 1 */
  value: number;
  /** rows that were looked for; each is left out of its own nearest */
  queries: number;
}

const sampled = 200;
const nearest = 10;
/** rows kept beyond those, since the products are in 32 bits */
const spare = 6;

/** Rows of a source, and the nearest of those that they were compared with. */
export interface RecallSample {
  /** the rows as queries */
  readonly queries: Matrix;
  /** takes rows in, with their vectors of length 1 */
  compare(vectors: Float32Array, rows: Int32Array): Promise<void>;
  /** @param found the `width` most similar rows of each query, itself among them */
  recallOf(found: Found): Recall;
  /** hits to ask for, the query's own included */
  readonly width: number;
}

export function recallSample(source: VectorSource, threads: number): RecallSample {
  const own = sampleRows(source.rows);
  const queries = readRows(source, own);
  const k = Math.min(nearest, source.rows - 1);
  const best: Candidate[][] = Array.from(own, () => []);
  const ready = { data: directions(queries, "vectors", (i) => own[i]), dims: [own.length, source.cols] };
  return {
    queries,
    width: k + 1,
    async compare(vectors, rows) {
      const width = Math.min(k + 1 + spare, rows.length);
      const x = { data: vectors, dims: [rows.length, source.cols] };
      const { scores, rows: places } = await bestProducts(ready, x, width, { threads });
      for (let q = 0; q < own.length; q++) {
        for (let at = q * width; at < (q + 1) * width; at++) {
          const row = rows[places[at]];
          if (row !== own[q]) best[q].push({ row, score: scores[at] });
        }
        best[q] = best[q].sort((a, b) => b.score - a.score).slice(0, k + spare);
      }
    },
    recallOf: (found) => ({
      k,
      queries: k > 0 ? own.length : 0,
      value: share(source, { queries, own, best, k }, found),
    }),
  };
}

interface Candidate {
  row: number;
  score: number;
}

/** Different rows in ascending order, always the same. */
function sampleRows(rows: number): Int32Array {
  const random = seededRandom(0);
  const chosen = new Set<number>();
  while (chosen.size < Math.min(sampled, rows)) chosen.add(Math.floor(random() * rows));
  return Int32Array.from(chosen).sort();
}

/** A found row counts when it is as similar as the k-th: rows that are equally near are equally good. */
function share(
  source: VectorSource,
  { queries, own, best, k }: { queries: Matrix; own: Int32Array; best: Candidate[][]; k: number },
  found: Found,
): number {
  if (k === 0) return 1;
  let hits = 0;
  for (const [q, query] of measuredQueries(queries).entries()) {
    const keys = Float64Array.from(best[q], ({ row }) => similarityKey(query, row, source.vector(row)));
    const least = keySimilarity(keys.sort()[k - 1]);
    let [count, near] = [0, 0];
    for (let at = q * found.k; at < (q + 1) * found.k && count < k; at++) {
      if (found.rows[at] < 0 || found.rows[at] === own[q]) continue;
      count++;
      if (found.similarities[at] >= least) near++;
    }
    hits += near;
  }
  return hits / (own.length * k);
}
