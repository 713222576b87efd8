/** Results to draw: real pictures, with colours of their cells in the place of a model's vectors. */
import sharp from "sharp";
import { matchPatches, matchRegion, type PatchMatch, type RegionMatch } from "#dist/core/features/matching.js";
import { type PatchMap, patchMap } from "#dist/core/features/patch-map.js";
import type { Attention, LayerOutput } from "#dist/core/model/model.js";
import type { Patches } from "#dist/core/numeric/matrix.js";
import { seededRandom } from "#dist/core/numeric/random.js";
import type { Picture } from "#dist/core/picture.js";
import type { Projection } from "#dist/core/projection/umap.js";
import type { SearchResult } from "#dist/core/retrieval/search-result.js";
import { picture as imagePath } from "../support/pictures.js";

const cells = 12;

/** A picture of images/ with the square in its middle as view. */
export async function pictureRecord(name: string): Promise<Picture> {
  const source = imagePath(name);
  const { width, height } = await sharp(source).metadata();
  const side = Math.min(width, height);
  const view = { left: (width - side) / 2, top: (height - side) / 2, width: side, height: side };
  return { name: source, source, width, height, view };
}

/** Six numbers a patch: its mean colour, their squares. */
export async function colourPatches(picture: Picture): Promise<Patches> {
  const { view } = picture;
  const region = {
    left: Math.round(view.left),
    top: Math.round(view.top),
    width: Math.round(view.width),
    height: Math.round(view.height),
  };
  const pixels = await sharp(picture.source as string)
    .extract(region)
    .resize(cells, cells, { fit: "fill" })
    .removeAlpha()
    .raw()
    .toBuffer();
  const data = Float32Array.from({ length: cells * cells * 6 }, (_, i) => {
    const [patch, part] = [Math.floor(i / 6), i % 6];
    const value = pixels[3 * patch + (part % 3)] / 255;
    return part < 3 ? value : value * value;
  });
  return { data, rows: cells, cols: cells, dim: 6, picture };
}

export const shoeNames: string[] = [1, 2, 3].map((i) => `clothing/shoes/shoes-0${i}`);
export const mixedNames: string[] = ["dress", "hat", "pants", "shoes"].flatMap((kind) =>
  [1, 2, 3].map((i) => `clothing/${kind}/${kind}-0${i}`),
);

export async function shoePatches(): Promise<Patches[]> {
  return Promise.all(shoeNames.map(async (name) => colourPatches(await pictureRecord(name))));
}

export async function shoeMap(): Promise<PatchMap> {
  return patchMap(await shoePatches());
}

/** Two pictures of shoes, cell by cell. */
export async function madeMatch(): Promise<PatchMatch> {
  const [a, b] = (await shoePatches()).map((patches) => ({ ...patches, modelName: "cell colours" }));
  return matchPatches(a, b);
}

/** A box of the first, a quarter of what was seen wide and high, in the second. */
export async function madeRegionMatch(): Promise<RegionMatch> {
  const [a, b] = await shoePatches();
  const { left, top, width, height } = a.picture!.view;
  return matchRegion(a, { left: left + width / 4, top: top + height / 2, width: width / 4, height: height / 4 }, b);
}

type MadeProjection = Pick<Projection, "points" | "trustworthiness" | "neighbourOverlap" | "k" | "pictures" | "labels">;

/** Points in groups by kind. */
export async function madeProjection(): Promise<MadeProjection> {
  const random = seededRandom(1);
  const pictures = await Promise.all(mixedNames.map(pictureRecord));
  const labels = mixedNames.map((name) => name.split("/")[1]);
  const data = Float32Array.from({ length: 2 * pictures.length }, (_, i) => {
    const group = Math.floor(i / 6);
    return (i % 2 === 0 ? group % 2 : Math.floor(group / 2)) * 4 + random();
  });
  const points = { data, rows: pictures.length, cols: 2 };
  return { points, trustworthiness: 0.91, neighbourOverlap: 0.6, k: 5, pictures, labels };
}

/** The first pictures as queries, all others as their hits. */
export async function madeSearch(queries = 2): Promise<SearchResult> {
  const pictures = await Promise.all(mixedNames.map(pictureRecord));
  const items = pictures.map((picture, row) => ({ row, picture, label: mixedNames[row].split("/")[1] }));
  const hits = items.map((item, i) => ({ ...item, similarity: 0.97 - 0.1 * i }));
  return {
    queries: items.slice(0, queries).map((item) => ({ ...item, hits: hits.filter((hit) => hit.row !== item.row) })),
    k: pictures.length - 1,
    size: pictures.length,
    modelName: "cell colours",
  };
}

/** The class token's attention in the first pictures: 6 heads, each a spot of its own, a quarter for the class token. */
export async function madeAttention(pictures: number): Promise<Attention[]> {
  const [heads, rows, cols] = [6, cells, cells];
  const tokens = 1 + rows * cols;
  return Promise.all(
    mixedNames
      .slice(-3)
      .concat(mixedNames)
      .slice(0, pictures)
      .map(async (name, k): Promise<Attention> => {
        const data = new Float32Array(heads * tokens);
        for (let h = 0; h < heads; h++) {
          const weights = Array.from({ length: rows * cols }, (_, i) => {
            const [y, x] = [Math.floor(i / cols) - 2 - h, (i % cols) - 3 - ((h + k) % 5)];
            return Math.exp(-(x * x + y * y) / (2 + h));
          });
          const sum = weights.reduce((total, weight) => total + weight, 0);
          data.set([0.25, ...weights.map((weight) => (0.75 * weight) / sum)], h * tokens);
        }
        const inputSize = [168, 168] as const;
        const known = { whose: "cls", picture: await pictureRecord(name), modelName: "made up", inputSize } as const;
        return { data, heads, from: 1, tokens, prefix: 1, rows, cols, layer: 11, ...known };
      }),
  );
}

/** Tokens before the last norm, two of each picture far longer than the rest. */
export async function madeTokens(outliers = true): Promise<Pick<LayerOutput, "patches" | "layer" | "normalised">> {
  const patches = (await shoePatches()).map((image): Patches => {
    const data = image.data.map((value) => 3 + value);
    for (const at of outliers ? [5, 8 * cells + 7] : [])
      for (let j = 0; j < image.dim; j++) data[at * image.dim + j] *= 12;
    return { ...image, data, modelName: "made up", inputSize: [168, 168] };
  });
  return { patches, layer: 11, normalised: false };
}
