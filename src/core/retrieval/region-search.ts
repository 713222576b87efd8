/**
 * Search by a part of a picture, in two steps: the box alone, as a picture of its own, finds candidates by their
 * vectors; these are compared with it patch by patch, the box as it stands in its picture.
 */

import { ArgumentError } from "../errors.js";
import { matchRegion, type RegionMatch } from "../features/matching.js";
import { decodeImage } from "../image/decode.js";
import { outputSize, transformForSize } from "../image/transform.js";
import type { ExtractOptions, Model } from "../model/model.js";
import type { Patches } from "../numeric/matrix.js";
import type { ImageSource, Picture, RawImage, Region } from "../picture.js";
import { type PictureReader, readerOf } from "./query.js";

/** The pixels of a box of a picture, cut at the picture's borders. */
export async function cutRegion(picture: ImageSource, region: Region): Promise<RawImage> {
  const image = await decodeImage(picture);
  const [left, right] = cutSide(region.left, region.width, image.width);
  const [top, bottom] = cutSide(region.top, region.height, image.height);
  const [width, height] = [right - left, bottom - top];
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const start = ((top + y) * image.width + left) * 3;
    data.set(image.data.subarray(start, start + width * 3), y * width * 3);
  }
  return { data, width, height };
}

/** At least one pixel; whether the box lies on the picture at all is for `matchRegion` to say. */
function cutSide(start: number, length: number, size: number): [from: number, to: number] {
  const from = Math.min(Math.max(0, Math.floor(start)), size - 1);
  return [from, Math.min(size, Math.max(from + 1, Math.ceil(start + length)))];
}

/** A candidate that could be read. */
export interface ComparedPicture {
  row: number;
  match: RegionMatch;
}

/** patches a side from which on places in a picture can be told apart */
const leastPatches = 16;

/** Pictures are compared patch by patch as the index reads them, or larger where that gives only a few patches. */
function patchReader(reader: PictureReader): ExtractOptions & { model: Model } {
  const { pooling: _, model, size, ...reading } = readerOf(reader);
  const own = outputSize(transformForSize(model.transform, { size, fit: reading.fit, patchSize: model.patchSize }));
  const shorter = own && Math.min(own.height, own.width);
  const factor = shorter ? Math.max(1, (leastPatches * model.patchSize) / shorter) : 1;
  const larger = own ? ([own.height * factor, own.width * factor].map(Math.round) as [number, number]) : size;
  return { ...reading, model, ...(larger === undefined ? {} : { size: larger }) };
}

/** The patches of one picture. */
export async function patchesOf(picture: ImageSource, reader: PictureReader): Promise<Patches> {
  const { model, ...reading } = patchReader(reader);
  if (model.patchDim === 0)
    throw new ArgumentError(
      "region",
      `needs patches, which ${model.name} does not give: search by the whole picture, or with another model`,
    );
  return (await model.extract([picture], reading)).patches[0];
}

/** Compares the box with every candidate, most similar first; pictures that cannot be read any more are left out. */
export async function compareRegion(
  query: Patches,
  region: Region,
  candidates: readonly { row: number; picture: Picture }[],
  reader: PictureReader,
  onProgress?: (done: number, total: number) => void,
): Promise<ComparedPicture[]> {
  const { model, ...reading } = patchReader(reader);
  const compared: ComparedPicture[] = [];
  // under their place in the list, since several may have one name
  const images = candidates.map(({ picture }, i) => ({ name: String(i), source: picture.source }));
  for await (const { patches } of model.stream(images, { ...reading, onError: "skip" }))
    for (const candidate of patches) {
      const place = Number(candidate.picture?.name);
      const { row, picture } = candidates[place];
      const named = { ...candidate, picture: { ...candidate.picture!, name: picture.name } };
      compared.push({ row, match: await matchRegion(query, region, named, { signal: reader.signal }) });
      onProgress?.(place + 1, candidates.length);
    }
  return compared.sort((a, b) => b.match.similarity - a.match.similarity || a.row - b.row);
}
