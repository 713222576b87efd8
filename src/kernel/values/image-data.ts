/** Pictures as pictures: one, a list of them, a pipeline of sharp, SVG text. */
import { types } from "node:util";
import type { DisplayData } from "../cells/messages.js";
import { type EncodedImage, fromBytes, imageOf } from "./encoded-image.js";
import { escapeHtml, frame, note } from "./html.js";
import { count, counted, mostImageBytes } from "./limits.js";

/** Pictures of a list that are shown, as long as their files together are not too large. */
const mostPictures = 24;

/** Pixels of the longer side in a list, for screens of double density. */
const thumbnailSide = 320;

/**
 * The forms of a picture or of a list of pictures, or undefined for what is none. May throw where the value's getters
 * do.
 *
 * @returns a promise for a pipeline of sharp; it rejects where the pipeline fails
 */
export function imageData(value: object): DisplayData | Promise<DisplayData> | undefined {
  if (Array.isArray(value)) return listData(value);
  if (isSharp(value)) return fromSharp(value);
  const image = imageOf(value);
  return image && oneData(image);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

function tag({ mime, text }: EncodedImage, bytes: Uint8Array): string {
  return `<img src="data:${mime};base64,${base64(bytes)}" alt="${escapeHtml(text)}">`;
}

function oneData(image: EncodedImage): DisplayData {
  const { mime, shown, bytes, text } = image;
  if (!bytes) return { "text/plain": text };
  return shown
    ? { [mime]: base64(bytes), "text/plain": text }
    : { "text/html": frame(tag(image, bytes)), "text/plain": text };
}

/** Pictures side by side. */
function listData(values: readonly unknown[]): DisplayData | undefined {
  if (values.length === 0 || !values.slice(0, mostPictures).every(isObject)) return undefined;
  const images: EncodedImage[] = [];
  let bytes = 0;
  for (const value of values.slice(0, mostPictures) as object[]) {
    const image = imageOf(value, thumbnailSide);
    if (!image) return undefined;
    bytes += image.bytes?.length ?? 0;
    if (bytes > mostImageBytes) break;
    images.push(image);
  }
  const missing = values.length - images.length;
  const title = counted(values.length, "picture") + (missing > 0 ? `, of which ${count(images.length)} are shown` : "");
  const tiles = images.map((image) => (image.bytes ? `<li>${tag(image, image.bytes)}</li>` : ""));
  return {
    "text/html": frame(`${note(title)}<ul class="pl-tiles">${tiles.join("")}</ul>`),
    "text/plain": [title, ...images.map(({ text }, i) => `${i}  ${text}`)].join("\n"),
  };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !types.isProxy(value);
}

interface SharpLike {
  readonly options: { readonly input: { readonly buffer?: unknown } };
  clone(): SharpLike;
  png(): SharpLike;
  toBuffer(): Promise<Uint8Array>;
}

function isSharp(value: object): value is SharpLike {
  const { clone, png, toBuffer, options } = value as Record<string, unknown>;
  const methods = [clone, png, toBuffer].every((method) => typeof method === "function");
  return methods && typeof options === "object" && options !== null && "input" in options;
}

async function fromSharp(pipeline: SharpLike): Promise<DisplayData> {
  // it would wait for what may never come
  if (Array.isArray(pipeline.options.input.buffer)) {
    return { "text/plain": "a picture of sharp that waits for its stream" };
  }
  const image = fromBytes(await pipeline.clone().png().toBuffer());
  return image ? oneData(image) : { "text/plain": "a picture of sharp that gives no PNG" };
}

const comments = "(?:<!--[\\s\\S]*?-->\\s*)*";
const svgStart = new RegExp(
  `^\\s*(?:<\\?xml[^>]*\\?>\\s*)?${comments}(?:<!DOCTYPE svg[^>]*>\\s*)?${comments}<svg[\\s>]`,
  "i",
);

/** The forms of a whole SVG document, or undefined for other text. */
export function svgData(text: string): DisplayData | undefined {
  if (text.length > mostImageBytes || !svgStart.test(text.slice(0, 2_000))) return undefined;
  if (!/<\/svg>\s*$/i.test(text.slice(-200))) return undefined;
  return { "image/svg+xml": withNamespace(text), "text/plain": `SVG, ${count(text.length)} characters` };
}

/** Front ends put the document into an `<img>`, which knows no SVG without its namespace. */
function withNamespace(text: string): string {
  const [start = ""] = /<svg[^>]*>/i.exec(text) ?? [];
  return /\sxmlns\s*=/.test(start) ? text : text.replace(/<svg/i, '<svg xmlns="http://www.w3.org/2000/svg"');
}
