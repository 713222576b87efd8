/** A folder of pictures from files to vectors, against the model alone on tensors that are ready; and whether memory stays flat. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { listImages } from "#dist/core/image/list.js";
import { loadModel } from "#dist/core/model/load.js";
import type { Model, PixelTensor } from "#dist/core/model/model.js";
import { physicalCores } from "#dist/core/runtime/physical-cores.js";
import { vitSmall, writeCheckpoint } from "./checkpoint.js";
import { clustered } from "./data.js";
import type { Notes, Report } from "./main.js";
import { compare } from "./measure.js";
import { peakMb } from "./peak-memory.js";

const images = fileURLToPath(new URL("../../images", import.meta.url));

/** pictures of the folder, the ones that ship with the project over and over */
const folderSize = 1000;

/** as `extract` groups them at 224 pixels */
const batch = physicalCores() === 1 ? 1 : 8;

export async function folder(report: Report): Promise<void> {
  await withModel(async (model) => {
    const pictures = await repeated(folderSize);
    const data = clustered(batch * 3, 224 * 224).data;
    const pixels: PixelTensor = { data, dims: [batch, 3, 224, 224] };
    const alone = async () => {
      for (let done = 0; done < folderSize; done += batch) await model.forward(pixels, { clsOnly: true });
    };
    report("folder.224.vs.model-alone", await compare(() => model.extract(pictures, { clsOnly: true }), alone, 1));
  });
}

/** The most memory that was ever resident after 500 pictures, and after 5,000. */
export async function memory(_: Report, notes: Notes): Promise<void> {
  await withModel(async (model) => {
    const pictures = await repeated(5000);
    let early = 0;
    // results are dropped, as a store takes them batch by batch
    for (let start = 0; start < pictures.length; start += 100) {
      await model.extract(pictures.slice(start, start + 100), { clsOnly: true });
      if (start + 100 === 500) early = peakMb();
    }
    notes.figure("memory.peak.after-500-pictures", early, "MB");
    notes.figure("memory.peak.after-5000-pictures", peakMb(), "MB");
    notes.figure("memory.growth", 100 * (peakMb() / early - 1), "%");
  });
}

async function repeated(count: number): Promise<string[]> {
  const files = await listImages(images);
  return Array.from({ length: count }, (_, i) => files[i % files.length]);
}

async function withModel(work: (model: Model) => Promise<void>): Promise<void> {
  const checkpoint = await mkdtemp(join(tmpdir(), "patchlab-bench-"));
  try {
    await writeCheckpoint(checkpoint, vitSmall);
    const model = await loadModel(checkpoint);
    await work(model);
    await model.close();
  } finally {
    await rm(checkpoint, { recursive: true, force: true });
  }
}
