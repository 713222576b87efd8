/** Time and memory of every published size from generated weights, each in a process of its own. */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { NetworkOptions } from "#dist/core/model/model.js";
import { type CheckpointShape, vitBase, vitGiant, vitLarge, vitSmall, writeCheckpoint } from "./checkpoint.js";
import type { Notes, Report } from "./main.js";
import type { MemoryRun } from "./memory-run.js";

const shapes: Record<string, CheckpointShape> = {
  "vit-s": vitSmall,
  "vit-b": vitBase,
  "vit-l": vitLarge,
  "vit-g": vitGiant,
};

export async function sizes(_: Report, notes: Notes): Promise<void> {
  for (const [name, shape] of Object.entries(shapes)) {
    const folder = await mkdtemp(join(tmpdir(), "patchlab-bench-"));
    try {
      await writeCheckpoint(folder, shape);
      tell(name, await run(folder, {}), notes);
      // the first opening makes the file
      await run(folder, { precision: "int8" });
      tell(`${name}.int8`, await run(folder, { precision: "int8" }), notes);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

function tell(name: string, { weightsMb, openSeconds, openMb, runs }: MemoryRun, notes: Notes): void {
  notes.figure(`${name}.weights`, weightsMb, "MB");
  notes.figure(`${name}.open`, openSeconds, "s");
  notes.figure(`${name}.open.memory`, openMb, "MB");
  notes.figure(`${name}.open.memory.vs.weights`, openMb / weightsMb, "x");
  for (const { size, seconds, peakMb } of runs) {
    notes.figure(`${name}.${size}`, seconds, "s a picture");
    notes.figure(`${name}.${size}.peak-memory`, peakMb, "MB");
  }
}

async function run(folder: string, options: NetworkOptions): Promise<MemoryRun> {
  const script = fileURLToPath(new URL("./memory-run.js", import.meta.url));
  const args = [script, folder, JSON.stringify([224, 518]), JSON.stringify(options)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout);
}
