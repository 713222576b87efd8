/** A folder of pictures as vectors: one row a picture, labelled by the folder it lies in. */
import { existsSync } from "node:fs";
import { ofCell } from "../display-hook.js";
import { ArgumentError } from "../errors.js";
import { folderLabel, listImages } from "../image/list.js";
import type { Fit } from "../image/transform.js";
import type { ExtractOptions, Model } from "../model/model.js";
import type { Pooling } from "../model/pooling.js";
import type { Matrix } from "../numeric/matrix.js";
import type { FailedPicture, Picture } from "../picture.js";
import { openDatabase } from "../store/database.js";
import { type FeatureStore, featureStore } from "../store/feature-store.js";
import { type EmbedIntoStoreOptions, type EmbedReport, embedIntoStore } from "./embed-into-store.js";
import { scanFolder } from "./scan-folder.js";

/** Row i of `vectors` is `pictures[i]`, which lies in the folder `labels[i]`. */
export interface Embeddings {
  /** [pictures, dim], as the model or `pooling` gives them, not normalised */
  vectors: Matrix;
  pictures: Picture[];
  labels: string[];
  /** the files that could not be read, with the reason; folders that could not, with the index -1 */
  failed: FailedPicture[];
  modelName: string;
  /** height and width of the network's input in pixels; together with `fit` and `pooling`, how query pictures must be read too */
  size: readonly [height: number, width: number];
  fit?: Fit;
  pooling?: Pooling;
}

export interface EmbedFolderOptions
  extends Omit<ExtractOptions, "onError" | "clsOnly" | "layers" | "layerNorm" | "attention"> {
  readonly model: Model;
}

export interface EmbedIntoStore extends EmbedIntoStoreOptions {
  /** the store's file, made where there is none */
  readonly store: string;
}

/** The store that a folder was embedded into, with what became of its pictures. */
export interface EmbeddedStore extends FeatureStore {
  readonly report: EmbedReport;
}

/**
 * Embeds every picture in a folder and the folders below it. Bad files are reported and left out.
 *
 * With `store` the vectors go into that file, batch by batch: pictures that it knows are not read again, moved ones are
 * recognised, those that are gone are marked, and a run that ends early, however it ends, goes on from there.
 *
 * @throws FileError when the folder is missing or holds no picture; the first file's error when none can be read;
 *   StoreBusyError while another process writes into the store, unless `wait` is set; StoreError when it cannot be
 *   opened or written
 */
export function embedFolder(folder: string, options: EmbedIntoStore): Promise<EmbeddedStore>;
export function embedFolder(folder: string, options: EmbedFolderOptions): Promise<Embeddings>;
export async function embedFolder(
  folder: string,
  options: EmbedFolderOptions | EmbedIntoStore,
): Promise<Embeddings | EmbeddedStore> {
  if (typeof options?.model?.extract !== "function")
    throw new ArgumentError("model", "is missing: give what loadModel returned");
  return "store" in options && options.store !== undefined
    ? embedStored(folder, ofCell(options))
    : embedInMemory(folder, ofCell(options));
}

async function embedStored(folder: string, { store: path, ...options }: EmbedIntoStore): Promise<EmbeddedStore> {
  if (typeof path !== "string" || path === "") throw new ArgumentError("store", "is no path: give a file's name");
  // a folder that is not there leaves no store behind
  if (!existsSync(path)) await scanFolder(folder, options);
  const database = openDatabase(path, { create: true });
  try {
    const report = await embedIntoStore(folder, database, options);
    return { ...featureStore(database), report };
  } catch (error) {
    database.close();
    throw error;
  }
}

async function embedInMemory(folder: string, options: EmbedFolderOptions): Promise<Embeddings> {
  const { model, ...rest } = options;
  const unreadable: FailedPicture[] = [];
  const paths = await listImages(folder, {
    onUnreadable: (error) => unreadable.push({ index: -1, name: error.path, error }),
  });
  const features = await model.extract(paths, { ...rest, onError: "skip", clsOnly: true });
  return {
    vectors: features.pooled ?? features.cls,
    pictures: features.pictures,
    labels: features.pictures.map((picture) => folderLabel(folder, picture.name)),
    failed: [...unreadable, ...features.failed],
    modelName: model.name,
    size: features.inputSize,
    ...(options.fit === undefined ? {} : { fit: options.fit }),
    ...(options.pooling === undefined ? {} : { pooling: options.pooling }),
  };
}
