/** Exact search of 100,000 vectors of 384 numbers, against a loop over typed arrays that keeps the best k. */
import type { Matrix } from "#dist/core/numeric/matrix.js";
import { normaliseRows } from "#dist/core/numeric/normalise.js";
import { exactIndex } from "#dist/core/retrieval/exact.js";
import { clustered } from "./data.js";
import type { Report } from "./main.js";
import { compare } from "./measure.js";

const k = 10;

export async function retrieval(report: Report): Promise<void> {
  const vectors = clustered(100_000, 384, 200);
  const base = normaliseRows(vectors);
  const queries = normaliseRows(clustered(64, 384, 200, 1));
  const index = await exactIndex(vectors);
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
