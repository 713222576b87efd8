/** A picture in any form that notebooks meet, as an encoded file with a line that describes it. */
import { readFileSync, statSync } from "node:fs";
import { types } from "node:util";
import { imageKind, imageSize } from "./image-bytes.js";
import { count, cutLine, mostImageBytes } from "./limits.js";
import { fitting, longestSide, pixelsOf } from "./pixels.js";
import { encodePng, type Pixels } from "./png.js";

export interface EncodedImage {
  readonly mime: string;
  /** whether every notebook front end shows the type itself; others need an `<img>` */
  readonly shown: boolean;
  /** absent where the picture is larger than what is shown, which the text then says */
  readonly bytes?: Uint8Array;
  /** kind and size, and the name where there is one */
  readonly text: string;
}

/** Pixels that are encoded; more take seconds. */
const mostPixels = 2 ** 27;

/**
 * The picture that a value holds: a file's bytes, pixels, sharp's { data, info }, or a record that names one; undefined
 * for what is none. May throw where the value's getters do.
 *
 * @param longest pixels of the longer side; only pictures that are given as pixels are made smaller
 */
export function imageOf(value: object, longest: number = longestSide): EncodedImage | undefined {
  if (types.isUint8Array(value)) return fromBytes(value);
  const { data } = value as Record<string, unknown>;
  if ("info" in value && types.isUint8Array(data) && imageKind(data)) return fromBytes(data);
  const pixels = pixelsOf(value);
  return pixels ? fromPixels(pixels, longest) : fromRecord(value, longest);
}

export function fromBytes(bytes: Uint8Array): EncodedImage | undefined {
  const kind = imageKind(bytes);
  if (!kind) return undefined;
  const { mime, shown } = kind;
  const text = `${kind.name}${sizeText(imageSize(bytes))}, ${bytesText(bytes.length)}`;
  if (bytes.length <= mostImageBytes) return { mime, shown, bytes, text };
  const limit = `more than the ${bytesText(mostImageBytes)} that are shown; make it smaller, or write it to a file`;
  return { mime, shown, text: `${text}: ${limit}` };
}

function sizeText(size: readonly [width: number, height: number] | undefined): string {
  return size ? `, ${count(size[0])} × ${count(size[1])} px` : "";
}

function bytesText(bytes: number): string {
  return bytes < 1e6 ? `${count(Math.ceil(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

const channelNames = { 1: "grey", 2: "grey with alpha", 3: "RGB", 4: "RGB with alpha" } as const;

function fromPixels(pixels: Pixels, longest: number): EncodedImage {
  const { width, height, channels } = pixels;
  const kind = { mime: "image/png", shown: true };
  const text = `${channelNames[channels]} picture${sizeText([width, height])}`;
  if (width * height > mostPixels)
    return { ...kind, text: `${text}: more than the ${count(mostPixels)} that are shown` };
  const smaller = fitting(pixels, longest);
  const note = smaller === pixels ? "" : `, shown at ${smaller.width} × ${smaller.height} px`;
  return { ...kind, bytes: encodePng(smaller), text: text + note };
}

/** { name, source, width, height }, where the source is a file, its bytes or its pixels. */
function fromRecord(value: object, longest: number): EncodedImage | undefined {
  const { name, source, width, height } = value as Record<string, unknown>;
  if (typeof name !== "string" || typeof width !== "number" || typeof height !== "number") return undefined;
  const image = fromSource(source, longest);
  return image && { ...image, text: `${cutLine(name, 300)}: ${image.text}` };
}

function fromSource(source: unknown, longest: number): EncodedImage | undefined {
  if (types.isUint8Array(source)) return fromBytes(source);
  if (typeof source === "string") return fromFile(source);
  const pixels = typeof source === "object" && source !== null ? pixelsOf(source) : undefined;
  return pixels && fromPixels(pixels, longest);
}

function fromFile(path: string): EncodedImage | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() && stat.size <= mostImageBytes ? fromBytes(readFileSync(path)) : undefined;
}
