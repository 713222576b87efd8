/** A store: what is in it, its vectors, its indexes. */
import { statSync } from "node:fs";
import { ofCell } from "../display-hook.js";
import { given } from "../given.js";
import type { Model } from "../model/model.js";
import { checkModel, inputSizeOf, type VectorSpace } from "../model/vector-space.js";
import { inTurns } from "../numeric/in-turns.js";
import type { LabelledVectors } from "../numeric/labelled-vectors.js";
import type { Matrix } from "../numeric/matrix.js";
import type { Picture } from "../picture.js";
import { openDatabase, type StoreDatabase } from "./database.js";
import { hasVector } from "./images.js";
import { describePictures } from "./pictures.js";
import { chooseSpace, listSpaces, type StoredSpace, spaceOfModel } from "./spaces.js";
import { openStoreIndex, type StoreIndex, type StoreIndexOptions } from "./store-index.js";
import { allRows, storedVectors } from "./stored-vectors.js";
import { unchangedImage } from "./unchanged-image.js";
import { conditionOf, type Where } from "./where.js";

/** What a store holds. */
export interface StoreInfo {
  path: string;
  /** of the file */
  bytes: number;
  folders: { path: string; pictures: number }[];
  /** pictures that are there, that could not be read, and that were there once */
  pictures: { here: number; failed: number; gone: number };
  spaces: SpaceInfo[];
  /** those that could not be read, the first 1,000 by path */
  failed: { path: string; problem: string }[];
}

/** Vectors of one model, run in one way. */
export interface SpaceInfo {
  modelName: string;
  /** what `loadModel` opens the model by, where the vectors came with it */
  modelSource?: string;
  /** of the weights and of how pictures were read; vectors of different fingerprints cannot be compared */
  fingerprint: string;
  /** numbers a vector */
  dim: number;
  /** vectors of pictures that are there */
  vectors: number;
  /** height and width of the network's input in pixels, where known */
  inputSize?: readonly [height: number, width: number];
}

export interface EmbeddingsOptions {
  /** a model's name or the beginning of a fingerprint @default the only one there is */
  readonly space?: string;
  /** which pictures @default all */
  readonly where?: Where;
  readonly signal?: AbortSignal;
}

/** Vectors with their pictures and labels, as maps, measures and `exactIndex` take them. */
export interface StoredEmbeddings extends LabelledVectors {
  vectors: Matrix;
  pictures: Picture[];
  labels: string[];
  /** the images' ids in the store: [rows] */
  images: Float64Array;
  modelName: string;
  /** which vectors of other pictures can be compared with these; a head that is trained on them is saved with it */
  space: VectorSpace;
}

/** An open store. Several may have it open, also while one embeds into it. Close it; `await using` does so too. */
export interface FeatureStore extends AsyncDisposable {
  readonly path: string;
  info(): StoreInfo;
  /**
   * Whether a picture is in it as it is on disk, with a vector, so that it can be searched by without its model.
   *
   * @param space which vectors (default: the only ones there are)
   */
  holds(path: string, space?: string): boolean;
  /**
   * The vectors of one space, in memory.
   *
   * @throws StoreError when there are none or the file is damaged; ArgumentError when several spaces could be meant
   */
  embeddings(options?: EmbeddingsOptions): Promise<StoredEmbeddings>;
  /**
   * An index over the vectors of one space.
   *
   * @throws ModelMismatchError when `model` is another than made the vectors; what `embeddings` throws
   */
  index(options?: StoreIndexOptions): Promise<StoreIndex>;
  /** closes its indexes, then the file */
  close(): Promise<void>;
}

/**
 * Opens a store that `embedFolder` or `patchlab embed` made.
 *
 * @throws StoreError when it is missing, is no store, is cut short or damaged, or comes from a newer version
 */
export async function openStore(path: string): Promise<FeatureStore> {
  return featureStore(openDatabase(path));
}

export function featureStore(database: StoreDatabase): FeatureStore {
  const indexes = new Set<StoreIndex>();
  const close = async (): Promise<void> => {
    await Promise.all([...indexes].map((index) => index.close()));
    database.close();
  };
  return {
    path: database.path,
    info: () => infoOf(database),
    holds(path, space) {
      const image = unchangedImage(database, path);
      return image !== undefined && hasVector(database, chooseSpace(database, space).id, image);
    },
    embeddings: (options = {}) => readEmbeddings(database, ofCell(options)),
    async index(options = {}) {
      const settings = ofCell(options);
      const space = await spaceFor(database, options);
      const index = await openStoreIndex(database, space, settings);
      indexes.add(index);
      return index;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** The space of the model where one is given, which must be one that the store has. */
async function spaceFor(
  database: StoreDatabase,
  { space, model }: { space?: string; model?: Model },
): Promise<StoredSpace> {
  if (!model) return chooseSpace(database, space);
  if (space === undefined) return spaceOfModel(database, model);
  const chosen = chooseSpace(database, space);
  await checkModel(chosen, model, database.path);
  return chosen;
}

async function readEmbeddings(
  database: StoreDatabase,
  { space: wanted, where, signal }: EmbeddingsOptions,
): Promise<StoredEmbeddings> {
  const chosen = chooseSpace(database, wanted);
  const { id: _, dim: __, ...space } = chosen;
  const stored = storedVectors(database, chosen, where && conditionOf(database, where));
  const { images } = stored;
  const vectors = await inTurns(allRows(stored), signal);
  const described = describePictures(database, space, images);
  const { fit, pooling } = space.reading ?? {};
  const size = inputSizeOf(space);
  return {
    vectors,
    pictures: described.map(({ picture }) => picture),
    labels: described.map(({ label }) => label),
    ...{ images, modelName: space.modelName, space, ...given({ fit, pooling }) },
    ...(size ? { size } : {}),
  };
}

function infoOf(database: StoreDatabase): StoreInfo {
  const states = new Map(database.all("SELECT state, count(*) FROM images GROUP BY state") as [string, number][]);
  const [here, failed, gone] = ["here", "failed", "gone"].map((state) => states.get(state) ?? 0);
  return {
    path: database.path,
    bytes: statSync(database.path).size,
    folders: (
      database.all(
        "SELECT r.path, count(i.id) FROM roots r LEFT JOIN images i ON i.root = r.id AND i.state = 'here' GROUP BY r.id",
      ) as [string, number][]
    ).map(([path, pictures]) => ({ path, pictures })),
    pictures: { here, failed, gone },
    spaces: listSpaces(database).map((space) => infoOfSpace(database, space)),
    failed: (
      database.all(
        `SELECT r.path || '/' || i.path, i.problem FROM images i JOIN roots r ON r.id = i.root
         WHERE i.state = 'failed' ORDER BY 1 LIMIT 1000`,
      ) as [string, string][]
    ).map(([path, problem]) => ({ path, problem })),
  };
}

function infoOfSpace(database: StoreDatabase, space: StoredSpace): SpaceInfo {
  const vectors = database.get(
    "SELECT count(*) FROM vectors v JOIN images i ON i.id = v.image WHERE v.space = ? AND i.state = 'here'",
    space.id,
  );
  const { modelName, modelSource, fingerprint, dim } = space;
  const inputSize = inputSizeOf(space);
  return {
    ...{ modelName, fingerprint, dim, vectors: Number(vectors?.[0]) },
    ...(modelSource === undefined ? {} : { modelSource }),
    ...(inputSize ? { inputSize } : {}),
  };
}
