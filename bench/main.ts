/** The benchmarks by group. Each ratio is measured in one run against a peer; above 1 means that patchlab is faster. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus } from "node:os";
import { join } from "node:path";
import { image } from "./image.js";
import type { Comparison } from "./measure.js";
import { model } from "./model.js";
import { pca } from "./pca.js";
import { retrieval } from "./retrieval.js";
import { umap } from "./umap.js";

export type Report = (name: string, comparison: Comparison) => void;

interface Group {
  run: (report: Report) => Promise<void>;
  /** the package that it compares with, where there is one */
  peer?: string;
}

export const groups: Record<string, Group> = {
  model: { run: model },
  image: { run: image, peer: "sharp" },
  pca: { run: pca, peer: "ml-pca" },
  umap: { run: umap, peer: "umap-js" },
  retrieval: { run: retrieval },
};

export interface BenchResult {
  machine: string;
  /** of Node, patchlab and the packages, as they ran */
  versions: Record<string, string>;
  ratios: Record<string, number>;
  /** one sentence a group that could not run */
  skipped: Record<string, string>;
}

/** Runs the named groups one after the other, without those whose peer is not installed. */
export async function runBench(names: readonly string[], report: Report): Promise<BenchResult> {
  const ratios: Record<string, number> = {};
  const skipped: Record<string, string> = {};
  for (const name of names) {
    const { run, peer } = groups[name];
    if (peer !== undefined && installedVersion(peer) === undefined) {
      skipped[name] = `${name} was left out: it compares with ${peer}, which is not installed (npm install ${peer})`;
      continue;
    }
    await run((ratio, comparison) => {
      ratios[ratio] = Number(comparison.ratio.toPrecision(3));
      report(ratio, comparison);
    });
  }
  const machine = `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} threads`;
  return { machine, versions: versions(), ratios, skipped };
}

function versions(): Record<string, string> {
  const packages = ["onnxruntime-node", "sharp", "ml-pca", "umap-js"].flatMap((name) => {
    const version = installedVersion(name);
    return version === undefined ? [] : [[name, version]];
  });
  const own = versionIn(new URL("../../package.json", import.meta.url));
  return { node: process.versions.node, patchlab: own, ...Object.fromEntries(packages) };
}

/** The version of the package that an import from here finds. */
export function installedVersion(name: string): string | undefined {
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? [];
  // not by resolving package.json, which a package's exports may hide
  const file = folders.map((folder) => join(folder, name, "package.json")).find((path) => existsSync(path));
  return file && versionIn(file);
}

function versionIn(file: string | URL): string {
  return JSON.parse(readFileSync(file, "utf8")).version;
}
