/** The whole projection from vectors to points, neighbours included, against umap-js with the same settings. */
import { seededRandom } from "#dist/core/numeric/random.js";
import { umap as project } from "#dist/core/projection/umap.js";
import { clustered, listsOf } from "./data.js";
import type { Report } from "./main.js";
import { compare } from "./measure.js";

export async function umap(report: Report): Promise<void> {
  const { UMAP } = await import("umap-js");
  const x = clustered(2000, 384);
  const lists = listsOf(x);
  const comparison = await compare(
    () => project(x, { neighbours: 15, metric: "euclidean", seed: 0 }),
    () => new UMAP({ nNeighbors: 15, minDist: 0.1, random: seededRandom(0) }).fit(lists),
    1,
  );
  report("umap.2000.vs.umap-js", comparison);
}
