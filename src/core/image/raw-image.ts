/** Checks of pixels that somebody else decoded. */
import { ImageError } from "../errors.js";
import type { RawImage } from "../picture.js";

/** @throws ImageError when the bytes do not fill the size, or the size is none */
export function checkRaw(image: RawImage, name: string): RawImage {
  const { data, width, height } = image;
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1)
    throw new ImageError(name, `has a size of ${width} x ${height}: give whole numbers of pixels, 1 or more`);
  if (!(data instanceof Uint8Array))
    throw new ImageError(name, "has pixels that are not in a Uint8Array: give 8-bit RGB, row by row");
  if (data.length !== width * height * 3)
    throw new ImageError(
      name,
      `holds ${data.length} bytes where ${width} x ${height} RGB pixels need ${width * height * 3}: drop an alpha channel or correct the size`,
    );
  return { data, width, height };
}
