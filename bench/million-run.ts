/** Builds the graph over a million vectors in memory, searches it, and says what that took. */
import { matrixSource } from "#dist/core/retrieval/exact-searcher.js";
import { hnswSearcher } from "#dist/core/retrieval/hnsw/hnsw.js";
import { clustered } from "./data.js";
import { peakMb } from "./peak-memory.js";

const [rows, cols, queries] = [1_000_000, 384, 200];
const { data } = clustered(rows + queries, cols, 2000);
const source = matrixSource({ data: data.subarray(0, rows * cols), rows, cols });
const vectors = peakMb() / 1024;
const start = performance.now();
const searcher = await hnswSearcher(source, {
  ids: Float64Array.from({ length: rows }, (_, i) => i),
  identity: "bench",
});
const build = (performance.now() - start) / 1000;
const asked = Array.from({ length: queries }, (_, i) => ({
  data: data.subarray((rows + i) * cols, (rows + i + 1) * cols),
  rows: 1,
  cols,
}));
const searching = performance.now();
for (const query of asked) await searcher.find(query, 10);
const query = (performance.now() - searching) / queries;
console.log(JSON.stringify({ vectors, peak: peakMb() / 1024, build, query, recall: searcher.recall.value }));
await searcher.close();
