/** The tour: patch maps, retrieval and an embedding map of a folder of pictures, as one page. */
import { type Embeddings, embedFolder } from "../core/collection/embed-folder.js";
import { ArgumentError, DegenerateDataError, PatchlabError, ShapeError } from "../core/errors.js";
import { patchMap } from "../core/features/patch-map.js";
import { folderLabel, listImages } from "../core/image/list.js";
import { isTransformer } from "../core/model/families/all.js";
import type { Model } from "../core/model/model.js";
import { umap } from "../core/projection/umap.js";
import { exactIndex } from "../core/retrieval/exact.js";
import type { MimeBundle } from "../widgets/bundle.js";
import { embeddingMap } from "../widgets/embedding-map.js";
import { page } from "../widgets/page.js";
import { patchMapFigure } from "../widgets/patch-map-figure.js";
import { retrievalGrid } from "../widgets/retrieval-grid.js";
import { counted } from "../widgets/wording.js";
import { mapSize } from "./model-options.js";
import type { Progress } from "./progress.js";

export interface QuickstartOptions {
  model: Model;
  /** folder of pictures */
  images: string;
  /** the folder's name whose pictures are mapped @default the first with at least four pictures */
  kind?: string;
  /** side of the input for the patch maps @default by the model */
  size?: number;
  progress: Progress;
  signal: AbortSignal;
}

export interface Quickstart {
  html: string;
  pictures: number;
  failed: Embeddings["failed"];
  kind: string;
  /** the sections that could not be made of these pictures, and why */
  leftOut: LeftOut[];
}

export interface LeftOut {
  section: string;
  reason: string;
}

/** A folder with fewer is mapped only when there is no other. */
const enoughPictures = 4;
const picturesMapped = 6;
const queriesShown = 5;

export async function quickstart(options: QuickstartOptions): Promise<Quickstart> {
  const { model, images, progress, signal } = options;
  if (options.kind !== undefined) {
    const paths = await listImages(images, { onUnreadable() {} });
    chosenKind(
      paths.map((path) => folderLabel(images, path)),
      options.kind,
    );
  }
  progress.step("Turning pictures into vectors", "pictures");
  const embeddings = await embedFolder(images, { model, signal, onProgress: progress.update });
  const kind = chosenKind(embeddings.labels, options.kind);
  const made: Section[] = [];
  for (const { heading, text, draw } of sections)
    made.push({ heading, text, ...(await drawn(() => draw(embeddings, { ...options, kind }))) });
  progress.end();
  const leftOut = made.flatMap(({ heading, reason }) => (reason ? [{ section: heading, reason }] : []));
  if (leftOut.length === made.length)
    throw new PatchlabError(`No part of the page can be made: ${leftOut.map(({ reason }) => reason).join("; ")}`);
  const html = page({
    title: "patchlab quickstart",
    intro: intro(embeddings, model),
    sections: made.map(({ reason, ...section }) =>
      reason ? { heading: section.heading, text: `Left out: ${reason}.` } : section,
    ),
    footer: footer(embeddings),
  });
  return { html, pictures: embeddings.pictures.length, failed: embeddings.failed, kind, leftOut };
}

interface SectionPlan {
  heading: string;
  text: string;
  /** @throws ShapeError or DegenerateDataError when there are too few pictures, or they are too much alike */
  draw(embeddings: Embeddings, options: QuickstartOptions & { kind: string }): Promise<MimeBundle>;
}

interface Section {
  heading: string;
  text: string;
  bundle?: MimeBundle;
  /** why there is no figure */
  reason?: string;
}

const sections: readonly SectionPlan[] = [
  {
    heading: "Parts of an object",
    text: "Nobody named the parts in these pictures. Each is cut into patches and each patch becomes a vector; the direction in which all the patches vary most separates object from ground, and the three directions within the object become red, green and blue. Patches that mean the same tend to come out in the same colour in every picture: how well they do is the model's merit.",
    draw: patchMaps,
  },
  {
    heading: "Look-alikes",
    text: "Each picture is one vector. The pictures whose vectors point the same way are its look-alikes: this is how copies, duplicates and recommendations are found.",
    draw: lookAlikes,
  },
  {
    heading: "The whole collection",
    text: "All the vectors, flattened to a plane by UMAP so that neighbours stay neighbours. The colours are the folders that the pictures came from, which the model never saw.",
    draw: collectionMap,
  },
];

/** Pictures that do not suit one figure may suit the others. */
async function drawn(draw: () => Promise<MimeBundle>): Promise<Pick<Section, "bundle" | "reason">> {
  try {
    return { bundle: await draw() };
  } catch (error) {
    if (error instanceof ShapeError || error instanceof DegenerateDataError) return { reason: error.message };
    throw error;
  }
}

/** @throws ShapeError when there are fewer pictures than the figure needs */
function checkPictures({ pictures }: Embeddings, figure: string, least: number): void {
  if (pictures.length < least)
    throw new ShapeError("pictures", `are too few for ${figure}: it needs ${least} or more, not ${pictures.length}`);
}

async function patchMaps(
  { pictures, labels }: Embeddings,
  { model, kind, progress, signal, ...options }: QuickstartOptions & { kind: string },
): Promise<MimeBundle> {
  progress.step(`Colouring the parts of ${kind}`);
  const size = options.size ?? mapSize(model.patchSize);
  const paths = pictures.filter((_, i) => labels[i] === kind).map((picture) => picture.source);
  const { patches } = await model.extract(paths.slice(0, picturesMapped), {
    size,
    signal,
    onProgress: progress.update,
  });
  const map = await patchMap(patches, { normalize: !isTransformer(model), signal });
  return patchMapFigure(map, { patches, modelName: model.name, size });
}

async function lookAlikes(embeddings: Embeddings, { model, progress, signal }: QuickstartOptions): Promise<MimeBundle> {
  checkPictures(embeddings, "a search", 2);
  progress.step("Finding look-alikes");
  const { vectors, labels } = embeddings;
  const index = await exactIndex(vectors, { ...embeddings, model });
  try {
    const found = await Promise.all(queryRows(labels).map((row) => index.search({ row }, { k: 6, signal })));
    return await retrievalGrid({ ...found[0], queries: found.flatMap((search) => search.queries) });
  } finally {
    await index.close();
  }
}

async function collectionMap(embeddings: Embeddings, { progress, signal }: QuickstartOptions): Promise<MimeBundle> {
  checkPictures(embeddings, "a map", 3);
  progress.step("Laying out the map");
  return embeddingMap(await umap(embeddings, { seed: 0, signal, onProgress: progress.update }));
}

/** @throws ArgumentError when the wanted folder is not there, or none has a picture to map */
function chosenKind(labels: readonly string[], wanted?: string): string {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  if (wanted !== undefined) {
    if (counts.has(wanted)) return wanted;
    throw new ArgumentError("kind", `is "${wanted}": give one of the folders ${[...counts.keys()].join(", ")}`);
  }
  const enough = [...counts].find(([, n]) => n >= enoughPictures);
  return (enough ?? [...counts].toSorted(([, a], [, b]) => b - a)[0])[0];
}

/** The first picture of each of a few folders, spread over all of them. */
function queryRows(labels: readonly string[]): number[] {
  const firsts = [...new Set(labels)].map((label) => labels.indexOf(label));
  if (firsts.length < queriesShown) {
    const step = Math.max(1, Math.floor(labels.length / queriesShown));
    return Array.from({ length: Math.min(queriesShown, labels.length) }, (_, i) => i * step);
  }
  return Array.from({ length: queriesShown }, (_, i) => firsts[Math.floor((i * firsts.length) / queriesShown)]);
}

function intro({ pictures, labels }: Embeddings, model: Model): string {
  const what = `${counted(pictures.length, "picture")} in ${counted(new Set(labels).size, "folder")}, seen by ${model.name}.`;
  if (model.name !== "efficientnet-lite0") return what;
  return `${what} This model ships with patchlab so that a first run needs no download. It is a small network that was trained with labels, not a self-supervised one: with DINOv2 the parts come out finer and the neighbours closer. Fetch it with npx patchlab pull dinov2-small, then run: npm start -- --model dinov2-small`;
}

function footer({ failed }: Embeddings): string {
  const made = "Made with patchlab. The page is self-contained: it works without a network.";
  if (failed.length === 0) return made;
  return `${made} ${failed.length} files could not be read and were left out: ${failed.map((f) => f.error.message).join("; ")}`;
}
