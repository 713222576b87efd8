/** Patch-component maps: each picture beside its first component, its foreground and the colours of its parts. */
import { ArgumentError } from "../core/errors.js";
import { unitHistogram } from "../core/features/histogram.js";
import type { PatchComponentMap, PatchMap } from "../core/features/patch-map.js";
import { concatenated } from "../core/numeric/concatenated.js";
import type { Patches } from "../core/numeric/matrix.js";
import type { Caption, FigureOptions, MimeBundle } from "./bundle.js";
import { bundleOf } from "./figure.js";
import { dimLayer, heatLayer, maskShare, partLayer } from "./layers.js";
import { shortName } from "./markup.js";
import { leadingComponents, liveComponents, pageData, patchCount } from "./patch-map-data.js";
import { drawPatchMaps } from "./patch-map-drawing.js";
import { panelMarkup, tableMarkup } from "./patch-map-markup.js";
import { layerUri, type PictureLike, type Thumbnail, thumbnails } from "./thumbnail.js";
import { count, counted, decimal, modelAtSize, percent } from "./wording.js";

/** The map of one picture, whose own record need not be complete. */
export interface PatchMapEntry extends Omit<PatchComponentMap, "picture"> {
  picture?: PictureLike;
}

/** What a patch map figure shows; the record of `patchMap` fits. */
export interface PatchMapLike
  extends Pick<PatchMap, "threshold">,
    Partial<Pick<PatchMap, "recipe" | "modelName" | "inputSize">> {
  maps: readonly PatchMapEntry[];
}

export interface PatchMapFigureOptions extends FigureOptions {
  /**
   * the patches that the map was made from: the page then runs the second step again when its slider moves, on their
   * leading 12 components @default none: the page keeps the map's axes
   */
  readonly patches?: readonly Patches[];
  /** rows that are open; the others fold @default 6 */
  readonly open?: number;
  /** rows that are drawn at all; the caption names the rest @default 60 */
  readonly limit?: number;
}

/** A row of the figure: the map, its three layers as data URIs and its picture. */
export interface PatchMapRow {
  map: PatchMapEntry;
  name: string;
  picture?: Thumbnail;
  heat: string;
  dim: string;
  parts: string;
}

const pictureSide = 360;

/**
 * Draws patch maps, one row a picture: the part that the model saw, the first component as heat, the foreground over
 * the dimmed picture, and the colours of the parts. In a page a slider moves the threshold; foreground and colours
 * follow.
 *
 * @param patchMap the record of `patchMap`
 * @returns HTML with Plotly, PNG and text
 * @throws ArgumentError when there is no map; ShapeError when `options.patches` are not those of the map
 */
export async function patchMapFigure(patchMap: PatchMapLike, options: PatchMapFigureOptions = {}): Promise<MimeBundle> {
  const { maps, threshold } = patchMap;
  if (!maps?.length) throw new ArgumentError("patchMap", "holds no map: give it at least one picture's patches");
  const shown = maps.slice(0, options.limit ?? 60);
  const histogram = unitHistogram(concatenated(shown.map((map) => map.first)));
  const rows = await drawRows(shown);
  const tokens = options.patches && (await leadingComponents(options.patches, shown, patchMap.recipe));
  return bundleOf(
    {
      widget: "patch-map",
      plotly: true,
      body: panelMarkup(histogram, shown, threshold) + tableMarkup(rows, options.open ?? 6),
      caption: caption(patchMap, shown.length, options),
      data: pageData(shown, patchMap, histogram, tokens),
      drawing: await drawPatchMaps(rows, histogram, threshold),
      text: rows.map(
        ({ name, map }) => `${name}: ${percent(maskShare(map.mask))} of ${map.mask.length} patches are foreground`,
      ),
    },
    options,
    `Patch maps of ${counted(maps.length, "picture")}`,
  );
}

async function drawRows(maps: readonly PatchMapEntry[]): Promise<PatchMapRow[]> {
  const pictures = await thumbnails(
    maps.map((map) => map.picture),
    pictureSide,
  );
  return Promise.all(
    maps.map(async (map, i) => ({
      map,
      name: map.picture ? shortName(map.picture.name) : `picture ${i + 1}`,
      ...(pictures[i] ? { picture: pictures[i] } : {}),
      heat: await layerUri(heatLayer(map.first), map.cols, map.rows),
      dim: await layerUri(dimLayer(map.mask), map.cols, map.rows),
      parts: await layerUri(partLayer(map.rgb, map.mask), map.cols, map.rows),
    })),
  );
}

function caption(patchMap: PatchMapLike, shown: number, options: PatchMapFigureOptions): Caption {
  const { maps, threshold, recipe, modelName = recipe?.model, inputSize } = patchMap;
  const cut = maps.length > shown;
  const left = cut ? ` The first ${count(shown)} are drawn; histogram and shares are those of their patches.` : "";
  const whose = cut ? "those pictures' patches" : "the patches";
  const model = modelAtSize(options.modelName ?? modelName, options.size ?? inputSize);
  return {
    shows: `Patch maps of ${counted(maps.length, "picture")} by ${model}.${left}`,
    reading:
      `The first component is the direction in which all ${count(patchCount(maps))} patches together differ most, ` +
      `from 0 to 1 (no unit); patches above the threshold ${decimal(threshold)} are foreground. The three leading ` +
      "components of the foreground are its red, green and blue, on one basis for all pictures.",
    live: options.patches
      ? "The slider moves the threshold from there and computes that basis anew; without a kernel, from the " +
        `${liveComponents} leading components of ${whose}.`
      : "The slider moves the threshold from there, keeps that basis and stretches the colours again; patches new to the foreground stay grey.",
    lookFor: "the same part, such as a sole or a sleeve, in the same colour across pictures.",
  };
}
