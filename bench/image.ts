/** From a JPEG file's bytes to a normalised 224-pixel tensor, against sharp decoding and resizing by itself. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { preprocessOne } from "#dist/core/image/preprocess.js";
import { imagenetTransform } from "#dist/core/image/transform.js";
import type { Report } from "./main.js";
import { compare } from "./measure.js";

export async function image(report: Report): Promise<void> {
  const path = fileURLToPath(new URL("../../images/scenes/scene-030213.jpg", import.meta.url));
  const bytes = new Uint8Array(await readFile(path));
  const comparison = await compare(
    () => preprocessOne(bytes, imagenetTransform, "scene"),
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
