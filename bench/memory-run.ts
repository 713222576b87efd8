/** Runs in a process of its own: opens a model, runs it, and says on standard output how long and how much it took. */
import { statSync } from "node:fs";
import { join } from "node:path";
import type { NetworkOptions, PixelTensor } from "#dist/core/model/model.js";
import { openNetwork } from "#dist/core/model/network.js";
import { GraphBuilder } from "#dist/core/runtime/graph.js";
import { openRuntime } from "#dist/core/runtime/runtime.js";
import { clustered } from "./data.js";
import { peakMb } from "./peak-memory.js";

interface SizeRun {
  /** side of the input in pixels */
  size: number;
  /** of a run after the first */
  seconds: number;
  /** the most that was resident until then, beyond what was before */
  peakMb: number;
}

/** What one process took; megabytes are of 2^20 bytes. */
export interface MemoryRun {
  weightsMb: number;
  openSeconds: number;
  /** resident after opening, beyond what Node and onnxruntime take before */
  openMb: number;
  /** by input size in pixels */
  runs: SizeRun[];
}

const megabyte = 2 ** 20;

/** Loads onnxruntime's library, so that it does not count as the model's. */
async function loadLibrary(): Promise<void> {
  const g = new GraphBuilder();
  g.output("y", g.input("x", "float32", [1]), "float32", [1]);
  const runtime = openRuntime();
  await runtime.open(g.build());
  await runtime.close();
}

async function main(folder: string, sizes: readonly number[], options: NetworkOptions): Promise<MemoryRun> {
  await loadLibrary();
  const before = process.memoryUsage().rss / megabyte;
  const started = performance.now();
  const network = await openNetwork(folder, options);
  const openSeconds = (performance.now() - started) / 1000;
  const openMb = process.memoryUsage().rss / megabyte - before;
  const runs: MemoryRun["runs"] = [];
  for (const size of sizes) {
    const pixels: PixelTensor = { data: clustered(3, size * size).data, dims: [1, 3, size, size] };
    await network.forward(pixels);
    const start = performance.now();
    await network.forward(pixels);
    runs.push({ size, seconds: (performance.now() - start) / 1000, peakMb: peakMb() - before });
  }
  await network.close();
  const file = options.precision === "int8" ? "model.patchlab-int8.safetensors" : "model.safetensors";
  return { weightsMb: statSync(join(folder, file)).size / megabyte, openSeconds, openMb, runs };
}

const [folder, sizes, options] = process.argv.slice(2);
console.log(JSON.stringify(await main(folder, JSON.parse(sizes), JSON.parse(options))));
