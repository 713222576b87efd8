/** How `patchlab classify` judges pictures: folders, single ones and stores, into one table. */
import { statSync } from "node:fs";
import { extname } from "node:path";
import type { SavedHead } from "../core/classify/saved-head.js";
import {
  type ClassifiedPictures,
  type ClassifyPicturesOptions,
  classifyPictures,
} from "../core/collection/classify-pictures.js";
import { unsure, writePredictions } from "../core/collection/predictions-csv.js";
import type { HeadReport } from "../core/collection/train-head.js";
import { loadModelOf } from "../core/collection/vectors-for-head.js";
import { given } from "../core/given.js";
import { imageExtensions } from "../core/image/format.js";
import { loadModel } from "../core/model/load.js";
import type { Model } from "../core/model/model.js";
import { openStore } from "../core/store/feature-store.js";
import { count, counted } from "../widgets/wording.js";
import type { ClassifyOptions } from "./classify.js";
import { interruptSignal } from "./interrupt.js";
import type { Progress } from "./progress.js";
import { whereOf } from "./store-options.js";
import { columns } from "./text-columns.js";
import { makeFolderOf } from "./write-file.js";

export interface Predicted extends ClassifiedPictures {
  csv?: string;
}

/** what most people mean by not knowing: less likely than all else together */
const usuallyUnsureBelow = 0.5;

/** Judges all sources, one after the other. */
export async function predictAll(
  head: SavedHead | HeadReport,
  sources: readonly string[],
  options: ClassifyOptions,
  progress: Progress,
): Promise<Predicted> {
  const { csv, use, unsureBelow = usuallyUnsureBelow } = options;
  const model = sources.some(isRead) ? await loadFor(head, options, progress) : undefined;
  try {
    const found: ClassifiedPictures[] = [];
    for (const source of sources) {
      progress.step(`Judging ${source}`, "pictures");
      const where = use === undefined ? undefined : whereOf(options);
      const settings = { unsureBelow, ...given({ model, where }), signal: interruptSignal() };
      found.push(await judge(head, source, { ...settings, onProgress: progress.update }));
    }
    progress.end();
    const all = { ...found[0], rows: found.flatMap(({ rows }) => rows), failed: found.flatMap(({ failed }) => failed) };
    if (csv === undefined) return all;
    await makeFolderOf(csv);
    await writePredictions(csv, all);
    return { ...all, csv };
  } finally {
    await model?.close();
  }
}

async function loadFor(
  { space }: SavedHead | HeadReport,
  { model, threads }: ClassifyOptions,
  progress: Progress,
): Promise<Model | undefined> {
  progress.step(`Loading ${model ?? space?.modelName}`);
  if (model !== undefined) return loadModel(model, given({ threads }));
  // without a reading no model would help, which is for the judge to say
  return space?.reading ? loadModelOf(space, given({ threads })) : undefined;
}

async function judge(
  head: SavedHead | HeadReport,
  source: string,
  settings: ClassifyPicturesOptions,
): Promise<ClassifiedPictures> {
  if (isRead(source)) return classifyPictures(head, isFolder(source) ? source : [source], settings);
  const store = await openStore(source);
  try {
    return await classifyPictures(head, store, settings);
  } finally {
    await store.close();
  }
}

export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Whether it is pictures, which a model must read; everything else is a store. */
export function isRead(path: string): boolean {
  return isFolder(path) || imageExtensions.includes(extname(path).slice(1).toLowerCase());
}

/** pictures that could not be judged are all in the table; a terminal gets the first */
const mostFailures = 20;

export function predictionsText({ rows, failed, csv, unsureBelow }: Predicted): string {
  const counts = new Map<string, number>();
  for (const { label = unsure } of rows) counts.set(label, (counts.get(label) ?? 0) + 1);
  const sorted = [...counts].sort(([a, m], [b, n]) => Number(a === unsure) - Number(b === unsure) || n - m);
  const lines = failed.slice(0, mostFailures).map(({ error }) => `  left out: ${error.message}`);
  if (failed.length > lines.length) lines.push(`  and ${failed.length - lines.length} more, which the file names`);
  return [
    ...lines,
    `${counted(rows.length, "picture")} judged:`,
    columns(
      sorted.map(([label, n]) => [`  ${label === unsure ? `${unsure} (below ${unsureBelow})` : label}`, count(n)]),
    ),
    ...(csv === undefined ? [] : [`All of them, with the probability of each class: ${csv}`]),
  ].join("\n");
}
