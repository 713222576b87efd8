/** Search of 100,000 vectors of 384 numbers, against a loop over typed arrays that keeps the best k and FAISS. */
import type { Matrix } from "#dist/core/numeric/matrix.js";
import { exactIndex } from "#dist/core/retrieval/exact.js";
import { exactSearch } from "./exact-search.js";
import { hnswSearch } from "./hnsw-search.js";
import type { Notes, Report } from "./main.js";
import { compare } from "./measure.js";
import { k, type SearchLab, searchLab } from "./search-lab.js";

export async function retrieval(report: Report, notes: Notes): Promise<void> {
  const lab = searchLab(64);
  await againstLoop(lab, report);
  await exactSearch(lab, report, notes);
  await hnswSearch(searchLab(1000), report, notes);
}

async function againstLoop({ base, queries }: SearchLab, report: Report): Promise<void> {
  const index = await exactIndex(base);
  const one = queries.data.slice(0, 384);
  report(
    "retrieval.single.vs.loop",
    await compare(
      () => index.search(one, { k }),
      () => bestOf(base, one),
      9,
    ),
  );
  report(
    "retrieval.batch64.vs.loop",
    await compare(
      () => index.search(queries, { k }),
      () => Array.from({ length: 64 }, (_, i) => bestOf(base, queries.data.subarray(i * 384, (i + 1) * 384))),
      3,
    ),
  );
  await index.close();
}

/** Rows of the k largest products, best first. */
function bestOf({ data, rows, cols }: Matrix, query: Float32Array): number[] {
  const best: { row: number; similarity: number }[] = [];
  for (let row = 0; row < rows; row++) {
    let similarity = 0;
    for (let j = 0, o = row * cols; j < cols; j++) similarity += data[o + j] * query[j];
    if (best.length === k && similarity <= best[k - 1].similarity) continue;
    const place = best.findIndex((b) => b.similarity < similarity);
    best.splice(place < 0 ? best.length : place, 0, { row, similarity });
    if (best.length > k) best.pop();
  }
  return best.map((b) => b.row);
}
