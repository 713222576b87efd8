/** Attention maps: each picture beside what a token attends to in it, head by head. */
import { ArgumentError } from "../core/errors.js";
import {
  type AttentionMap,
  type AttentionMapOptions,
  type AttentionToken,
  attentionMap,
} from "../core/features/attention.js";
import type { Attention } from "../core/model/model.js";
import { drawAttention } from "./attention-drawing.js";
import { attentionMarkup } from "./attention-markup.js";
import type { Caption, FigureOptions, MimeBundle } from "./bundle.js";
import { bundleOf } from "./figure.js";
import { dimLayer, heatLayer, maskShare } from "./layers.js";
import { type MapTile, ratioOf } from "./map-tile.js";
import { shortName } from "./markup.js";
import { type PictureLike, type Thumbnail, thumbnails } from "./thumbnail.js";
import { count, counted, modelAtSize, percent, significant } from "./wording.js";

/** One picture's attention, as `extract` gives it or as `attentionMap` made maps of it; its record need not be complete. */
export type AttentionLike = (Omit<Attention, "picture"> | Omit<AttentionMap, "picture">) & { picture?: PictureLike };

export interface AttentionFigureOptions extends FigureOptions, AttentionMapOptions {
  /** pictures that are open; the others fold @default 3 */
  readonly open?: number;
  /** pictures that are drawn at all; the caption names the rest @default 24 */
  readonly limit?: number;
}

/** A row of the figure. */
export interface AttentionRow {
  name: string;
  map: AttentionMap;
  /** the picture, and what of it holds most of the attention */
  seen: readonly MapTile[];
  /** the mean over all heads, and the heads */
  maps: readonly MapTile[];
}

const pictureSide = 360;

/**
 * Draws what one token attends to, one row a picture: the picture, the patches that hold most of the attention, the mean
 * over all heads and each head, on the magma scale.
 *
 * @param attention an entry or all of extract's `attentions`, or maps that `attentionMap` made of them
 * @param options.from, options.head, options.mass as in `attentionMap`, for entries that are no maps yet
 * @returns HTML without Plotly, PNG and text
 * @throws ArgumentError when there is nothing to draw; and what `attentionMap` throws
 */
export async function attentionFigure(
  attention: AttentionLike | readonly AttentionLike[],
  options: AttentionFigureOptions = {},
): Promise<MimeBundle> {
  const all = (Array.isArray(attention) ? attention : [attention]) as readonly AttentionLike[];
  if (all.length === 0) throw new ArgumentError("attention", "is empty: give at least one picture's");
  const shown = all.slice(0, options.limit ?? 24).map((entry) => mapOf(entry, options));
  const rows = await rowsOf(shown);
  return bundleOf(
    {
      widget: "attention",
      body: await attentionMarkup(rows, options.open ?? 3),
      caption: caption(shown, all.length, options),
      drawing: await drawAttention(rows),
      text: rows.map(textOf),
    },
    options,
    `Attention in ${counted(all.length, "picture")}`,
  );
}

function mapOf(entry: AttentionLike, { from, head, mass }: AttentionMapOptions): AttentionMap {
  if ("mean" in entry) return entry as AttentionMap;
  return attentionMap(entry as Attention, { from, head, mass });
}

async function rowsOf(maps: readonly AttentionMap[]): Promise<AttentionRow[]> {
  const pictures = await thumbnails(
    maps.map((map) => map.picture),
    pictureSide,
  );
  return maps.map((map, i) => {
    const name = map.picture ? shortName(map.picture.name) : `picture ${i + 1}`;
    return { name, map, seen: seenTiles(name, map, pictures[i]), maps: mapTiles(name, map, pictures[i]) };
  });
}

function seenTiles(name: string, map: AttentionMap, picture: Thumbnail | undefined): MapTile[] {
  const { rows, cols, token, meanMask, mass } = map;
  const ratio = ratioOf(picture, rows, cols);
  const shared = { ratio, ...(picture ? { picture } : {}) };
  const outlined = token?.kind === "patch" ? { patches: [token.row * cols + token.column], rows, cols } : undefined;
  return [
    {
      ...shared,
      name,
      notes: [name, `${percent(shareToPatches(map))} of attention on patches`],
      ...(outlined ? { outlined } : {}),
    },
    {
      ...shared,
      name: `where most of the attention in ${name} lies`,
      layer: { pixels: dimLayer(meanMask), rows, cols },
      notes: [`Where ${percent(mass)} of that lies`, `on ${percent(maskShare(meanMask))} of the patches`],
    },
  ];
}

function mapTiles(name: string, map: AttentionMap, picture: Thumbnail | undefined): MapTile[] {
  const { data, heads, rows, cols, mean, head = 0 } = map;
  const ratio = ratioOf(picture, rows, cols);
  const tile = (label: string, weights: Float32Array): MapTile => {
    const largest = weights.reduce((most, weight) => Math.max(most, weight), 0);
    return {
      name: `attention of ${label} in ${name}`,
      ratio,
      layer: { pixels: heatLayer(weights.map((weight) => weight / (largest || 1))), rows, cols },
      notes: [label, `0 to ${significant(100 * largest)} %`],
    };
  };
  const size = rows * cols;
  return [
    tile("Mean", mean),
    ...Array.from({ length: heads }, (_, h) => tile(`Head ${head + h}`, data.subarray(h * size, (h + 1) * size))),
  ];
}

function shareToPatches({ mean }: AttentionMap): number {
  return mean.reduce((sum, weight) => sum + weight, 0);
}

function textOf({ name, map }: AttentionRow): string {
  const share = percent(maskShare(map.meanMask));
  return `${name}: ${percent(map.mass)} of the mean attention to patches lies on ${share} of them; patches get ${percent(shareToPatches(map))} of all`;
}

function caption(shown: readonly AttentionMap[], total: number, options: AttentionFigureOptions): Caption {
  const [{ layer, modelName, inputSize, mass }] = shown;
  const model = modelAtSize(options.modelName ?? modelName, options.size ?? inputSize);
  const tokens = new Set(shown.map(({ token }) => describeToken(token)));
  const whose = tokens.size === 1 ? [...tokens][0] : "one token each";
  const block = shown.every((map) => map.layer === layer) ? `block ${layer} (counted from 0)` : "several blocks";
  const left = total > shown.length ? ` The first ${count(shown.length)} are drawn.` : "";
  return {
    shows: `Attention of ${whose} to the patches of ${counted(total, "picture")}, in ${block} of ${model}.${left}`,
    reading:
      "A weight is how much of a patch the token takes up; all weights of a head, those to class token and registers " +
      "included, add up to 100 %. Each map runs from 0, dark, to its own largest weight, light. The lower picture " +
      `leaves bright the fewest patches that hold ${percent(mass)} of what goes to patches, in the mean over all heads.`,
    lookFor:
      "heads that pick out the object or different parts of it, and for lone bright patches on plain ground, which " +
      "large models without registers have.",
  };
}

function describeToken(token: AttentionToken | undefined): string {
  if (!token) return "one token";
  if (token.kind === "cls") return "the class token, which stands for the whole picture,";
  if (token.kind === "register") return `register token ${token.index} (counted from 0)`;
  return `the patch in row ${token.row}, column ${token.column} (counted from 0, outlined)`;
}
