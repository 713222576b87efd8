/** Checks of the tensors that go into a network. */
import { NotFiniteError, ShapeError } from "../errors.js";
import { multipleOf } from "../image/transform.js";
import type { PixelTensor } from "./model.js";

/**
 * @throws ShapeError when the numbers do not fill the sizes, there are not three channels, or a side is no multiple
 *   of the patch
 * @throws NotFiniteError naming the picture that holds NaN or an infinity
 */
export function checkPixels(pixels: PixelTensor, patchSize: number): void {
  const { data, dims } = pixels ?? {};
  if (!(data instanceof Float32Array) || !Array.isArray(dims))
    throw new ShapeError("pixels", "must be a record { data: Float32Array, dims: [pictures, 3, height, width] }");
  const [n, channels, h, w] = dims;
  if (dims.length !== 4 || channels !== 3 || !(n >= 1))
    throw new ShapeError("dims", `is [${dims.join(", ")}]: give [pictures, 3, height, width]`);
  for (const side of [h, w])
    if (!Number.isInteger(side / patchSize) || side < patchSize)
      throw new ShapeError(
        "dims",
        `has sides ${h} x ${w}, which must be multiples of the patch of ${patchSize} pixels: try ${multipleOf(h, patchSize)} x ${multipleOf(w, patchSize)}`,
      );
  if (data.length !== n * 3 * h * w)
    throw new ShapeError("data", `holds ${data.length} numbers where [${dims.join(", ")}] needs ${n * 3 * h * w}`);
  for (let i = 0; i < data.length; i++)
    if (data[i] - data[i] !== 0) throw new NotFiniteError("data", Math.floor(i / (3 * h * w)), "a row is one picture");
}
