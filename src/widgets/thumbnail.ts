/** Small pictures for figures: upright, never stretched, cut to the part that the model saw. */
import pMap from "p-map";
import sharp, { type Sharp } from "sharp";
import { decodeImage } from "../core/image/decode.js";
import type { Picture, Region } from "../core/picture.js";

/** As many as sharp has threads, without holding thousands of pictures in memory. */
const atOnce = { concurrency: 4 };

/** What a thumbnail needs to know: the picture's file or pixels and, where size and view are known, the model's view. */
export interface PictureLike
  extends Pick<Picture, "name" | "source">,
    Partial<Pick<Picture, "width" | "height" | "view">> {}

/** An encoded small picture as a data URI, with its size in pixels. */
export interface Thumbnail {
  uri: string;
  width: number;
  height: number;
}

/** Many small squares in one picture, side by side and row by row. */
export interface Sheet {
  uri: string;
  /** pixels a side of each square */
  tile: number;
  columns: number;
  /** per picture: 1 where it could be read */
  present: Uint8Array;
}

/** What lies outside the picture where a letterboxed view reaches past it. */
const outside = { r: 128, g: 128, b: 128 };

/**
 * The part of a picture that the model saw, at most `side` pixels wide and high.
 *
 * @returns undefined when the picture cannot be read any more: a figure then shows its name instead
 */
export async function thumbnail(picture: PictureLike, side: number): Promise<Thumbnail | undefined> {
  try {
    const image = await cut(picture, side, "inside");
    const { data, info } = await image.jpeg({ quality: 78, mozjpeg: true }).toBuffer({ resolveWithObject: true });
    return { uri: jpegUri(data), width: info.width, height: info.height };
  } catch {
    return undefined;
  }
}

/** The thumbnails of many pictures, a few at a time. */
export function thumbnails(
  pictures: readonly (PictureLike | undefined)[],
  side: number,
): Promise<(Thumbnail | undefined)[]> {
  return pMap(pictures, (picture) => (picture ? thumbnail(picture, side) : undefined), atOnce);
}

/** Squares of many pictures, cut from the middle of what the model saw. */
export function squareThumbnails(
  pictures: readonly (PictureLike | undefined)[],
  side: number,
): Promise<(Thumbnail | undefined)[]> {
  return pMap(
    pictures,
    async (picture) => {
      try {
        if (!picture) return undefined;
        const image = await cut(picture, side, "cover");
        const jpeg = await image.jpeg({ quality: 78 }).toBuffer();
        return { uri: jpegUri(jpeg), width: side, height: side };
      } catch {
        return undefined;
      }
    },
    atOnce,
  );
}

/** One JPEG with a square of every picture: a page holds it once, however many points refer to it. */
export async function thumbnailSheet(pictures: readonly (PictureLike | undefined)[], tile: number): Promise<Sheet> {
  const columns = Math.max(1, Math.ceil(Math.sqrt(pictures.length)));
  const [width, height] = [columns * tile, Math.max(1, Math.ceil(pictures.length / columns)) * tile];
  const pixels = new Uint8Array(width * height * 3).fill(outside.r);
  const present = new Uint8Array(pictures.length);
  await pMap(
    pictures,
    async (picture, i) => {
      const square = picture && (await rawSquare(picture, tile));
      if (!square) return;
      present[i] = 1;
      const left = (i % columns) * tile;
      const top = Math.floor(i / columns) * tile;
      for (let y = 0; y < tile; y++)
        pixels.set(square.subarray(y * tile * 3, (y + 1) * tile * 3), ((top + y) * width + left) * 3);
    },
    atOnce,
  );
  const jpeg = await sharp(pixels, { raw: { width, height, channels: 3 }, limitInputPixels: false })
    .jpeg({ quality: tile >= 64 ? 76 : 68 })
    .toBuffer();
  return { uri: jpegUri(jpeg), tile, columns, present };
}

/** Pixels a patch as a PNG data URI, enlarged by whole pixels where `scale` asks for it. */
export async function layerUri(layer: Uint8ClampedArray, cols: number, rows: number, scale = 1): Promise<string> {
  const image = sharp(layer, { raw: { width: cols, height: rows, channels: 4 } });
  if (scale > 1) image.resize(cols * scale, rows * scale, { kernel: "nearest" });
  return `data:image/png;base64,${(await image.png({ compressionLevel: 9 }).toBuffer()).toString("base64")}`;
}

function jpegUri(jpeg: Buffer): string {
  return `data:image/jpeg;base64,${jpeg.toString("base64")}`;
}

async function rawSquare(picture: PictureLike, tile: number): Promise<Uint8Array | undefined> {
  try {
    const image = await cut(picture, tile, "cover");
    return await image.raw().toBuffer();
  } catch {
    return undefined;
  }
}

async function cut(picture: PictureLike, side: number, fit: "inside" | "cover"): Promise<Sharp> {
  const image = await open(picture);
  const view = hasView(picture) ? wholePixels(picture) : undefined;
  if (view) image.extract(view.seen);
  if (!view?.margins || fit === "cover")
    return image.resize({ width: side, height: side, fit, withoutEnlargement: fit === "inside" });
  // sharp extends after resizing, so a view that reaches past the picture takes two steps
  const { left, right, top, bottom } = view.margins;
  const scale = side / Math.max(view.seen.width + left + right, view.seen.height + top + bottom);
  const scaled = (v: number): number => Math.round(v * scale);
  const [width, height] = [Math.max(1, scaled(view.seen.width)), Math.max(1, scaled(view.seen.height))];
  return image
    .resize({ width, height, fit: "fill" })
    .extend({ left: scaled(left), right: scaled(right), top: scaled(top), bottom: scaled(bottom), background: outside })
    .removeAlpha();
}

/** Only what models read is opened: a file of another kind, or with too many pixels, is not drawn either. */
async function open({ source, name }: PictureLike): Promise<Sharp> {
  const { data, width, height } = await decodeImage(source, { name, background: [255, 255, 255] });
  return sharp(data, { raw: { width, height, channels: 3 } });
}

type Viewed = Required<Pick<PictureLike, "view" | "width" | "height">>;

function hasView(picture: PictureLike): picture is PictureLike & Viewed {
  // pictures of imported vectors have no size
  return picture.view !== undefined && (picture.width ?? 0) > 0 && (picture.height ?? 0) > 0;
}

interface Cut {
  seen: Region;
  margins?: { left: number; right: number; top: number; bottom: number };
}

/** The view's part inside the picture, and how far the view reaches past it on each side. */
function wholePixels({ view, width, height }: Viewed): Cut {
  const left = Math.round(view.left);
  const top = Math.round(view.top);
  const right = Math.round(view.left + view.width);
  const bottom = Math.round(view.top + view.height);
  const seen = { left: Math.max(0, left), top: Math.max(0, top), width: 0, height: 0 };
  seen.width = Math.max(1, Math.min(width, right) - seen.left);
  seen.height = Math.max(1, Math.min(height, bottom) - seen.top);
  const margins = {
    left: Math.max(0, -left),
    top: Math.max(0, -top),
    right: Math.max(0, right - width),
    bottom: Math.max(0, bottom - height),
  };
  return Object.values(margins).some((m) => m > 0) ? { seen, margins } : { seen };
}
