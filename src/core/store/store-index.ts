/** The index over a space of a store: exact in memory, or a graph on disk when there are many vectors. */
import { checkChoice } from "../check-choice.js";
import { NotFiniteError, StoreError } from "../errors.js";
import { given } from "../given.js";
import type { Model } from "../model/model.js";
import { inputSizeOf, short } from "../model/vector-space.js";
import { inTurns } from "../numeric/in-turns.js";
import { exactSearcher } from "../retrieval/exact-searcher.js";
import { type HnswOptions, hnswSearcher } from "../retrieval/hnsw/hnsw.js";
import type { Query } from "../retrieval/query.js";
import { type SearchIndex, type SearchOptions, searchIndex } from "../retrieval/search-index.js";
import type { SearchResult } from "../retrieval/search-result.js";
import type { Searcher, SearcherKind } from "../retrieval/searcher.js";
import type { StoreDatabase } from "./database.js";
import { describePicture } from "./pictures.js";
import type { StoredSpace } from "./spaces.js";
import { allRows, type StoredVectors, storedVectors } from "./stored-vectors.js";
import { unchangedImage } from "./unchanged-image.js";
import { conditionOf, type Where } from "./where.js";

export interface StoreIndexOptions extends Pick<HnswOptions, "threads" | "signal"> {
  /** a model's name or the beginning of a fingerprint @default the only one there is */
  readonly space?: string;
  /** reads query pictures that the store does not hold; must be the one that made the vectors. It is not closed with the index. */
  readonly model?: Model;
  /** "exact" compares every vector, "hnsw" is faster from about 100,000 on and misses some @default "auto": by their number */
  readonly kind?: SearcherKind | "auto";
  /** the graph's own, where it must be built @default as `hnswSearcher` */
  readonly hnsw?: Pick<HnswOptions, "connectivity" | "expansionAdd" | "expansionSearch">;
  /** called while a graph is built, with vectors */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface StoreSearchOptions extends SearchOptions {
  /** which pictures may be found */
  readonly where?: Where;
}

/** An index of a store's pictures as they were when it was opened. */
export interface StoreIndex extends SearchIndex {
  /** the images' ids in the store: [size] */
  readonly images: Float64Array;
  search(query: Query, options?: StoreSearchOptions): Promise<SearchResult>;
}

/** From here on a graph is faster by more than it misses. */
const exactUpTo = 150_000;

export async function openStoreIndex(
  database: StoreDatabase,
  space: StoredSpace,
  options: StoreIndexOptions,
): Promise<StoreIndex> {
  checkChoice("kind", options.kind, ["auto", "exact", "hnsw"]);
  const vectors = storedVectors(database, space);
  if (vectors.rows === 0)
    throw new StoreError(
      database.path,
      `holds no vectors of ${space.modelName}: its pictures are gone, or none was embedded`,
    );
  const { searcher, recall } = await openSearcher(database, space, vectors, options);
  const { transform: _, ...reading } = space.reading ?? { transform: undefined };
  const { index, search } = searchIndex(
    searcher,
    {
      ...reading,
      ...(options.model ? { model: options.model } : {}),
      modelName: space.modelName,
      inputSize: inputSizeOf(space),
      describe: (row) => describePicture(database, space, vectors.images[row]),
      rowOf(path) {
        const row = vectors.images.indexOf(unchangedImage(database, path) ?? -1);
        return row < 0 ? undefined : row;
      },
    },
    recall,
  );
  return {
    ...index,
    images: vectors.images,
    search: async (query, { where, ...rest } = {}) =>
      search(query, rest, where ? allowedRows(database, vectors, where) : undefined),
  };
}

async function openSearcher(
  database: StoreDatabase,
  space: StoredSpace,
  vectors: StoredVectors,
  { kind = "auto", threads, signal, hnsw = {}, onProgress }: StoreIndexOptions,
): Promise<{ searcher: Searcher; recall?: number }> {
  const common = given({ threads, signal });
  try {
    if (kind === "exact" || (kind === "auto" && vectors.rows <= exactUpTo))
      return { searcher: await exactSearcher(await inTurns(allRows(vectors), signal), common) };
    const id = String(database.get("SELECT value FROM facts WHERE name = 'id'")?.[0]);
    const searcher = await hnswSearcher(vectors, {
      ...{ ...common, ...hnsw, ids: vectors.ids, identity: `${id} ${space.fingerprint}` },
      file: `${database.path}.${short(space.fingerprint)}.hnsw`,
      ...given({ onProgress }),
    });
    return { searcher, recall: searcher.recall.value };
  } catch (error) {
    throw error instanceof NotFiniteError ? damaged(database, space, vectors, error) : error;
  }
}

function damaged(
  database: StoreDatabase,
  space: StoredSpace,
  vectors: StoredVectors,
  cause: NotFiniteError,
): StoreError {
  const { picture } = describePicture(database, space, vectors.images[cause.row]);
  return new StoreError(
    database.path,
    `holds a vector with NaN or an infinity, that of ${picture.name}: the file is damaged, copy it again or embed the pictures into a new one`,
    { cause },
  );
}

function allowedRows(database: StoreDatabase, { images, rows }: StoredVectors, where: Where): Uint8Array {
  const { sql, values } = conditionOf(database, where);
  const meant = new Set(database.all(`SELECT i.id FROM images i WHERE ${sql}`, ...values).map(([id]) => id as number));
  const allowed = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) if (meant.has(images[row])) allowed[row] = 1;
  return allowed;
}
