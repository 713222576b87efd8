/** The benchmarks by group. Each ratio is measured in one run against a peer; above 1 means that patchlab is faster. */
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { image } from "./image.js";
import type { Comparison } from "./measure.js";
import { model } from "./model.js";
import { pca } from "./pca.js";
import { retrieval } from "./retrieval.js";
import { umap } from "./umap.js";

export type Report = (name: string, comparison: Comparison) => void;

export const groups: Record<string, (report: Report) => Promise<void>> = { model, image, pca, umap, retrieval };

export interface BenchResult {
  machine: string;
  versions: Record<string, string>;
  ratios: Record<string, number>;
}

/** Runs the named groups one after the other. */
export async function runBench(names: readonly string[], report: Report): Promise<BenchResult> {
  const ratios: Record<string, number> = {};
  for (const name of names)
    await groups[name]((ratio, comparison) => {
      ratios[ratio] = Number(comparison.ratio.toPrecision(3));
      report(ratio, comparison);
    });
  return { machine: `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} threads`, versions: versions(), ratios };
}

function versions(): Record<string, string> {
  const root = new URL("../../", import.meta.url);
  const read = (path: string) => JSON.parse(readFileSync(new URL(path, root), "utf8"));
  const own = read("package.json");
  const peers = { ...own.dependencies, ...own.devDependencies };
  const known = ["onnxruntime-node", "sharp", "ml-pca", "umap-js"].filter((name) => name in peers);
  return {
    node: process.versions.node,
    patchlab: own.version,
    ...Object.fromEntries(known.map((name) => [name, peers[name].replace(/^\D+/, "")])),
  };
}
