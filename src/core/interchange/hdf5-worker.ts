/** The thread that reads and writes HDF5. */
import { parentPort } from "node:worker_threads";
import type { Hdf5Answer, Hdf5Job, Hdf5Sign } from "./hdf5-messages.js";
import { readFeatures } from "./hdf5-read.js";
import { writeFeatures } from "./hdf5-write.js";

function say(said: Hdf5Answer | Hdf5Sign): void {
  parentPort?.postMessage(said, "table" in said ? [said.table.vectors.data.buffer as ArrayBuffer] : []);
}

async function answer(job: Hdf5Job): Promise<Hdf5Answer> {
  const onPart = (): void => say({ alive: true });
  try {
    if ("read" in job) return { table: await readFeatures(job.read, onPart) };
    await writeFeatures(job.write, job.table, onPart);
    return { written: true };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on("message", async (job: Hdf5Job) => say(await answer(job)));
