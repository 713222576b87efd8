/** A million vectors: how much memory the graph over them takes, in a process of its own. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Notes, Report } from "./main.js";

export async function million(_: Report, notes: Notes): Promise<void> {
  const script = fileURLToPath(new URL("./million-run.js", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script], { maxBuffer: 2 ** 20 });
  const run = JSON.parse(stdout) as Record<"vectors" | "peak" | "build" | "query" | "recall", number>;
  notes.figure("search.1m.memory.vectors", run.vectors, "GiB");
  notes.figure("search.1m.memory.peak", run.peak, "GiB");
  notes.figure("search.1m.hnsw.build", run.build, "s");
  notes.figure("search.1m.hnsw.query", run.query, "ms");
  notes.figure("search.1m.hnsw.recall", run.recall, "of the 10 nearest");
}
