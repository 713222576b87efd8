/** The tour: patch maps, retrieval and an embedding map of a folder of pictures, as one page. */
import { type Embeddings, embedFolder } from "../core/collection/embed-folder.js";
import { ArgumentError } from "../core/errors.js";
import { patchMap } from "../core/features/patch-map.js";
import type { Model } from "../core/model/model.js";
import { umap } from "../core/projection/umap.js";
import { exactIndex } from "../core/retrieval/exact.js";
import type { MimeBundle } from "../widgets/bundle.js";
import { embeddingMap } from "../widgets/embedding-map.js";
import { page } from "../widgets/page.js";
import { patchMapFigure } from "../widgets/patch-map-figure.js";
import { retrievalGrid } from "../widgets/retrieval-grid.js";
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
}

/** A folder with fewer is mapped only when there is no other. */
const enoughPictures = 4;
const picturesMapped = 6;
const queriesShown = 5;

export async function quickstart(options: QuickstartOptions): Promise<Quickstart> {
  const { model, images, progress, signal } = options;
  progress.step("Turning pictures into vectors", "pictures");
  const embeddings = await embedFolder(images, { model, signal, onProgress: progress.update });
  const kind = chosenKind(embeddings.labels, options.kind);
  const sections = [
    await patchMapSection(embeddings, kind, options),
    await retrievalSection(embeddings, options),
    await embeddingSection(embeddings, options),
  ];
  progress.end();
  const html = page({
    title: "patchlab quickstart",
    intro: intro(embeddings, model),
    sections,
    footer: footer(embeddings),
  });
  return { html, pictures: embeddings.pictures.length, failed: embeddings.failed, kind };
}

interface Section {
  heading: string;
  text: string;
  bundle: MimeBundle;
}

async function patchMapSection(embeddings: Embeddings, kind: string, options: QuickstartOptions): Promise<Section> {
  const { model, progress, signal } = options;
  progress.step(`Colouring the parts of ${kind}`);
  const size = options.size ?? mapSize(model.patchSize);
  const paths = embeddings.pictures.filter((_, i) => embeddings.labels[i] === kind).map((picture) => picture.source);
  const { patches } = await model.extract(paths.slice(0, picturesMapped), {
    size,
    signal,
    onProgress: progress.update,
  });
  const map = await patchMap(patches, { normalize: model.family === "convolutional_onnx", signal });
  return {
    heading: "Parts of an object",
    text: "Nobody named the parts in these pictures. Each is cut into patches and each patch becomes a vector; the direction in which all the patches vary most separates object from ground, and the three directions within the object become red, green and blue. Patches that mean the same tend to come out in the same colour in every picture: how well they do is the model's merit.",
    bundle: await patchMapFigure(map, { patches, modelName: model.name, size }),
  };
}

async function retrievalSection(embeddings: Embeddings, options: QuickstartOptions): Promise<Section> {
  options.progress.step("Finding look-alikes");
  const { vectors, labels } = embeddings;
  const index = await exactIndex(vectors, { ...embeddings, model: options.model });
  const found = await Promise.all(
    queryRows(labels).map((row) => index.search({ row }, { k: 6, signal: options.signal })),
  );
  await index.close();
  const result = { ...found[0], queries: found.flatMap((search) => search.queries) };
  return {
    heading: "Look-alikes",
    text: "Each picture is one vector. The pictures whose vectors point the same way are its look-alikes: this is how copies, duplicates and recommendations are found.",
    bundle: await retrievalGrid(result),
  };
}

async function embeddingSection(embeddings: Embeddings, { progress, signal }: QuickstartOptions): Promise<Section> {
  progress.step("Laying out the map");
  const projection = await umap(embeddings, { seed: 0, signal, onProgress: progress.update });
  return {
    heading: "The whole collection",
    text: "All the vectors, flattened to a plane by UMAP so that neighbours stay neighbours. The colours are the folders that the pictures came from, which the model never saw.",
    bundle: await embeddingMap(projection),
  };
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
  const what = `${pictures.length} pictures in ${new Set(labels).size} folders, seen by ${model.name}.`;
  if (model.name !== "efficientnet-lite0") return what;
  return `${what} This model ships with patchlab so that a first run needs no download. It is a small network that was trained with labels, not a self-supervised one: with DINOv2 the parts come out finer and the neighbours closer. Download a checkpoint such as facebook/dinov2-small and run: npm start -- --model FOLDER`;
}

function footer({ failed }: Embeddings): string {
  const made = "Made with patchlab. The page is self-contained: it works without a network.";
  if (failed.length === 0) return made;
  return `${made} ${failed.length} files could not be read and were left out: ${failed.map((f) => f.error.message).join("; ")}`;
}
