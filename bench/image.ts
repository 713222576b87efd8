/** From a JPEG file's bytes to a normalised 224-pixel tensor, against sharp decoding and resizing by itself. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { preprocessOne } from "#dist/core/image/preprocess.js";
import type { Transform } from "#dist/core/image/transform.js";
import type { Report } from "./main.js";
import { compare } from "./measure.js";

const transform: Transform = {
  resize: { rule: "short-edge", size: 256 },
  crop: { height: 224, width: 224 },
  interpolation: "bicubic",
  rescale: 1 / 255,
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};

export async function image(report: Report): Promise<void> {
  const path = fileURLToPath(new URL("../../images/scenes/scene-030213.jpg", import.meta.url));
  const bytes = new Uint8Array(await readFile(path));
  const comparison = await compare(
    () => preprocessOne(bytes, transform, "scene"),
    () =>
      sharp(bytes)
        .resize(256, 256, { fit: "outside", kernel: "cubic", fastShrinkOnLoad: false })
        .removeAlpha()
        .raw()
        .toBuffer(),
    25,
  );
  report("image.preprocess.vs.sharp-resize", comparison);
}
