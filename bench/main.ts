/** The benchmarks by group. Each ratio is measured in one run against a peer; above 1 means that patchlab is faster. */
import { cpus } from "node:os";
import { classify } from "./classify.js";
import { folder, memory } from "./folder.js";
import { image } from "./image.js";
import { installedVersion, versionIn } from "./installed.js";
import { kernel } from "./kernel.js";
import type { Comparison } from "./measure.js";
import { million } from "./million.js";
import { model } from "./model.js";
import { pca } from "./pca.js";
import { retrieval } from "./retrieval.js";
import { sizes } from "./sizes.js";
import { store } from "./store.js";
import { umap } from "./umap.js";

export type Report = (name: string, comparison: Comparison) => void;

/** What a group says besides its ratios. */
export interface Notes {
  /** these ratios could not be measured; `reason` says why and what to install */
  skip(ratios: readonly string[], reason: string): void;
  /** a number that is no ratio to a peer */
  figure(name: string, value: number, unit: string): void;
  /** the versions of peers that are not packages of this project */
  versions(found: Readonly<Record<string, string>>): void;
}

interface Group {
  run: (report: Report, notes: Notes) => Promise<void>;
  /** takes minutes: left out unless it is named */
  slow?: boolean;
  /** the package that it compares with, where it is one and without it nothing can be measured */
  peer?: string;
}

export const groups: Record<string, Group> = {
  model: { run: model },
  image: { run: image, peer: "sharp" },
  pca: { run: pca, peer: "ml-pca" },
  umap: { run: umap, peer: "umap-js" },
  retrieval: { run: retrieval },
  kernel: { run: kernel, peer: "tslab" },
  classify: { run: classify, slow: true },
  store: { run: store, slow: true },
  million: { run: million, slow: true },
  folder: { run: folder, slow: true },
  memory: { run: memory, slow: true },
  sizes: { run: sizes, slow: true },
};

export interface BenchResult {
  machine: string;
  /** of Node, patchlab and the packages and programs that it was compared with, as they ran */
  versions: Record<string, string>;
  ratios: Record<string, number>;
  /** what has no peer: seconds, megabytes, shares */
  figures: Record<string, { value: number; unit: string }>;
  /** largest difference between the results that a ratio compares, where they were compared */
  differences: Record<string, number>;
  /** by the name of a group or of a ratio that could not run: why, and what to install */
  skipped: Record<string, string>;
}

/** Runs the named groups one after the other, without those whose peer is not installed. */
export async function runBench(
  names: readonly string[],
  report: Report,
  onFigure: (name: string, figure: { value: number; unit: string }) => void = () => {},
): Promise<BenchResult> {
  const machine = `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} threads`;
  const result: BenchResult = { machine, versions: versions(), ratios: {}, figures: {}, differences: {}, skipped: {} };
  const notes: Notes = {
    skip: (ratios, reason) => {
      for (const ratio of ratios) result.skipped[ratio] = reason;
    },
    figure: (name, value, unit) => {
      result.figures[name] = { value: Number(value.toPrecision(5)), unit };
      onFigure(name, result.figures[name]);
    },
    versions: (found) => Object.assign(result.versions, found),
  };
  for (const name of names) {
    const { run, peer } = groups[name];
    if (peer !== undefined && installedVersion(peer) === undefined) {
      notes.skip([name], `it compares with ${peer}, which is not installed (npm install ${peer})`);
      continue;
    }
    await run((ratio, comparison) => {
      result.ratios[ratio] = Number(comparison.ratio.toPrecision(3));
      if (comparison.difference !== undefined) result.differences[ratio] = Number(comparison.difference.toPrecision(2));
      report(ratio, comparison);
    }, notes);
  }
  return result;
}

function versions(): Record<string, string> {
  const packages = ["onnxruntime-node", "sharp", "ml-pca", "umap-js"].flatMap((name) => {
    const version = installedVersion(name);
    return version === undefined ? [] : [[name, version]];
  });
  const own = versionIn(new URL("../../package.json", import.meta.url));
  return { node: process.versions.node, patchlab: own, ...Object.fromEntries(packages) };
}
