import { ArgumentError } from "../errors.js";
import type { Metric } from "../numeric/neighbours.js";

export interface UmapOptions {
  /** size of a row's neighbourhood, the row itself included: small shows detail, large the whole @default 15 */
  readonly neighbours?: number;
  /** how close points may lie on the map, 0 to spread @default 0.1 */
  readonly minDist?: number;
  /** the scale of the map's distances @default 1 */
  readonly spread?: number;
  /** passes over the neighbours @default 500 up to 10,000 rows, 200 beyond */
  readonly epochs?: number;
  /** how distances between vectors are measured @default "cosine" */
  readonly metric?: Metric;
  /** same seed, same bytes @default 0 */
  readonly seed?: number;
  /** "patchlab": exact neighbours, PCA start; "umap-js": that package's own way, about four times slower @default "patchlab" */
  readonly engine?: "patchlab" | "umap-js";
  /** called with whole percents of the work, ascending to 100 */
  readonly onProgress?: (done: number, total: number) => void;
  /** stops the work */
  readonly signal?: AbortSignal;
}

/** What a map is made with, after defaults and limits. */
export interface UmapSettings {
  neighbours: number;
  minDist: number;
  spread: number;
  epochs: number;
  metric: Metric;
}

/** @throws ArgumentError naming the option that is out of its range */
export function resolveSettings(rows: number, options: UmapOptions): { used: UmapSettings; notes: string[] } {
  const { minDist = 0.1, spread = 1, epochs = rows <= 10_000 ? 500 : 200, metric = "cosine" } = options;
  const { neighbours: asked = 15, seed = 0, engine = "patchlab" } = options;
  const check = (name: string, value: unknown, fits: boolean, wanted: string): void => {
    if (!fits) throw new ArgumentError(name, `is ${value}: give ${wanted}`);
  };
  check("neighbours", asked, Number.isInteger(asked) && asked >= 2, "a whole number, 2 or more");
  check("spread", spread, spread > 0 && spread <= 100, "a number above 0, up to 100");
  check("minDist", minDist, minDist >= 0 && minDist <= spread, `a number from 0 to spread, ${spread}`);
  check("epochs", epochs, Number.isInteger(epochs) && epochs >= 1, "a whole number, 1 or more");
  check("seed", seed, Number.isInteger(seed), "a whole number");
  check("metric", metric, metric === "cosine" || metric === "euclidean", '"cosine" or "euclidean"');
  check("engine", engine, engine === "patchlab" || engine === "umap-js", '"patchlab" or "umap-js"');
  const used = { neighbours: Math.min(asked, rows - 1), minDist, spread, epochs, metric };
  const notes =
    used.neighbours < asked
      ? [`neighbours is ${used.neighbours} instead of ${asked}, since there are only ${rows} rows`]
      : [];
  return { used, notes };
}
