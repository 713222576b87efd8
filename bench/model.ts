/** A ViT-S/14 with random weights: our graph against the same weights in plain operators. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PixelTensor } from "#dist/core/model/model.js";
import { openDinov2 } from "#dist/core/model/vit.js";
import { vitSmall, writeCheckpoint } from "./checkpoint.js";
import { clustered } from "./data.js";
import type { Report } from "./main.js";
import { compare } from "./measure.js";

export async function model(report: Report): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "patchlab-bench-"));
  try {
    await writeCheckpoint(folder, vitSmall);
    const ours = await openDinov2(folder);
    const plain = await openDinov2(folder, { operators: "plain" });
    for (const size of [224, 518]) {
      const pixels: PixelTensor = { data: clustered(3, size * size).data, dims: [1, 3, size, size] };
      const comparison = await compare(
        () => ours.forward(pixels),
        () => plain.forward(pixels),
        size === 224 ? 9 : 5,
      );
      report(`model.${size}.vs.plain-operators`, comparison);
    }
    await Promise.all([ours.close(), plain.close()]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
