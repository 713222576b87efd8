/** Turns picture files into RGB pixels, the same ones that Pillow's `exif_transpose` and `convert("RGB")` give. */
import { readFile, stat } from "node:fs/promises";
import sharp, { type Sharp } from "sharp";
import { ArgumentError, FileError, ImageError } from "../errors.js";
import type { ImageSource, RawImage } from "../picture.js";
import { type ImageFormat, imageFormat } from "./format.js";
import { checkRaw } from "./raw-image.js";

/** Pictures of more pixels than this are refused unless the caller says otherwise: 100 megapixels, 300 MB decoded. */
const DEFAULT_MAX_PIXELS = 100e6;

/** Larger files are refused before they are read: 100 megapixels of 16-bit RGBA are 800 MB. */
const MAX_FILE_BYTES = 2 ** 30;

export interface DecodeOptions {
  /** what errors call a picture that has no path @default "the picture" */
  readonly name?: string;
  /** red, green and blue, 0 to 255, put behind transparent parts @default none: transparency is dropped, colours stay */
  readonly background?: readonly [red: number, green: number, blue: number];
  /** largest width x height that is decoded @default 100 million */
  readonly maxPixels?: number;
}

export interface DecodedImage extends RawImage {
  /** the path, or the name given for pixels without one */
  name: string;
  /** undefined for pixels that were given as such */
  format?: ImageFormat;
}

/**
 * The pixels of a picture, upright, as 8-bit RGB: level for level Pillow's for JPEG, PNG, TIFF and lossless WebP,
 * within 2 levels for lossy WebP and AVIF.
 *
 * The EXIF orientation is applied. Embedded colour profiles and gamma are not, as in Pillow: numbers stay as stored.
 * Gray becomes three equal channels, CMYK is converted by the plain formula, of 16 bits the upper 8 are kept (Pillow
 * does so for colour, but clips 16-bit gray to white), and of an animation the first frame is taken. Transparency is
 * dropped and the colours under it kept, except in GIF, whose decoder leaves black there.
 *
 * @param source path, file bytes or pixels; pixels are checked and passed on without a copy
 * @returns width x height x 3 bytes, row by row from the top left
 * @throws FileError when the file is missing, empty, unreadable or not a file
 * @throws ImageError when it is no picture, is damaged or cut short, or has more than `maxPixels` pixels, which is
 *   known from its header before memory is taken
 * @throws ArgumentError when the source or an option is of another kind
 */
export async function decodeImage(source: ImageSource, options: DecodeOptions = {}): Promise<DecodedImage> {
  const { maxPixels = DEFAULT_MAX_PIXELS, background } = options;
  checkOptions(maxPixels, background);
  const name = typeof source === "string" ? source : (options.name ?? "the picture");
  if (isRaw(source)) return { ...checkRaw(source, name), name };
  const bytes = await readSource(source, name);
  const format = imageFormat(bytes);
  if (format === undefined)
    throw new ImageError(
      name,
      "expected a JPEG, PNG, WebP, GIF, AVIF or TIFF picture, but its first bytes are of none of them: convert it or leave it out",
    );
  try {
    return { ...(await decode(bytes, name, maxPixels, background)), name, format };
  } catch (error) {
    if (error instanceof ImageError) throw error;
    // the decoder's own words are left to the cause: they change with what else is being decoded
    throw new ImageError(
      name,
      `this ${format} picture is damaged, cut short or of a kind that is not read: fetch or export it again`,
      { cause: error },
    );
  }
}

function isRaw(source: ImageSource): source is RawImage {
  if (typeof source === "string" || source instanceof Uint8Array) return false;
  if (typeof source === "object" && source !== null && "data" in source) return true;
  throw new ArgumentError("source", "must be a path, the bytes of a picture file, or pixels { data, width, height }");
}

function checkOptions(maxPixels: number, background: DecodeOptions["background"]): void {
  if (!(maxPixels >= 1)) throw new ArgumentError("maxPixels", `is ${maxPixels}: give a number of pixels, 1 or more`);
  if (background === undefined) return;
  const valid = background.length === 3 && background.every((v) => v >= 0 && v <= 255);
  if (!valid) throw new ArgumentError("background", `is [${background}]: give red, green and blue from 0 to 255`);
}

/** Whole files are read here rather than by the decoder, which would remember a path's old content. */
async function readSource(source: string | Uint8Array, name: string): Promise<Uint8Array> {
  const bytes = typeof source === "string" ? await readPicture(source) : source;
  if (bytes.length === 0) throw new FileError(name, "is empty: expected a picture, fetch it again or leave it out");
  return bytes;
}

async function readPicture(path: string): Promise<Uint8Array> {
  try {
    const file = await stat(path);
    if (file.isDirectory())
      throw new FileError(path, "is a folder: expected a picture file, list the pictures in it first");
    if (!file.isFile()) throw new FileError(path, "is not a regular file: expected a picture file");
    if (file.size > MAX_FILE_BYTES)
      throw new ImageError(
        path,
        `is a file of ${Math.ceil(file.size / 2 ** 20)} MiB where at most ${MAX_FILE_BYTES / 2 ** 20} are read: save a smaller or compressed copy`,
      );
    return await readFile(path);
  } catch (error) {
    if (error instanceof FileError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    const problem =
      code === "ENOENT"
        ? "no such file: check the path"
        : `cannot be read (${code ?? String(error)}): check the path and its permissions`;
    throw new FileError(path, problem, { cause: error });
  }
}

async function decode(
  bytes: Uint8Array,
  name: string,
  maxPixels: number,
  background: DecodeOptions["background"],
): Promise<RawImage> {
  // "error" refuses what Pillow refuses, also TIFF files that are cut short; "warning" would refuse more.
  const input = { failOn: "error", ignoreIcc: true, autoOrient: true } as const;
  const { width, height, space, depth } = await sharp(bytes, { ...input, limitInputPixels: false }).metadata();
  if (width * height > maxPixels)
    throw new ImageError(
      name,
      `has ${width} x ${height} = ${width * height} pixels where at most ${maxPixels} are decoded: save a smaller copy or raise maxPixels`,
    );
  if (depth !== "uchar" && depth !== "ushort")
    throw new ImageError(name, `has samples of type ${depth}: convert it to 8 or 16 bits a channel`);
  const limitInputPixels = Math.min(Math.floor(maxPixels), Number.MAX_SAFE_INTEGER);
  const picture = sharp(bytes, { ...input, limitInputPixels });
  if (space === "cmyk" && depth === "uchar") return fromCmyk(picture);
  if (background) picture.flatten({ background: { r: background[0], g: background[1], b: background[2] } });
  return pixels(picture.removeAlpha().toColourspace("srgb"), 3);
}

async function pixels(picture: Sharp, channels: number): Promise<RawImage> {
  const { data, info } = await picture.raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
  if (info.channels !== channels) throw new Error(`it has ${info.channels} channels where ${channels} are expected`);
  return { data, width: info.width, height: info.height };
}

/** The decoder would go through a profile of its own; Pillow multiplies each ink with what black leaves. */
async function fromCmyk(picture: Sharp): Promise<RawImage> {
  const { data: inks, width, height } = await pixels(picture.pipelineColourspace("cmyk").toColourspace("cmyk"), 4);
  const data = new Uint8Array(width * height * 3);
  for (let i = 0, o = 0; i < inks.length; i += 4) {
    const light = 255 - inks[i + 3];
    for (let c = 0; c < 3; c++) data[o++] = light - Math.round((inks[i + c] * light) / 255);
  }
  return { data, width, height };
}
