/** An index as its user sees it: questions of many kinds over a searcher that knows only numbers. */
import { ofCell } from "../display-hook.js";
import { ArgumentError, ClosedError, FileError } from "../errors.js";
import { matchPatches } from "../features/matching.js";
import { regionPatches } from "../features/region.js";
import { concatenated } from "../numeric/concatenated.js";
import { matrix } from "../numeric/matrix.js";
import { checkCount } from "../numeric/neighbours.js";
import type { ImageSource, Picture } from "../picture.js";
import {
  type AskedQuery,
  askedQueries,
  checkRow,
  type Example,
  type ExamplesQuery,
  isRegionQuery,
  type PictureReader,
  type Query,
  type RegionQuery,
} from "./query.js";
import { percentileOf, randomPairs } from "./random-pairs.js";
import { compareRegion, cutRegion, patchesOf } from "./region-search.js";
import type { Hit, SearchedQuery, SearchResult } from "./search-result.js";
import type { Searcher, SearcherKind } from "./searcher.js";

export interface SearchOptions {
  /** hits a query @default 10 */
  readonly k?: number;
  /** rows that must not be found */
  readonly exclude?: Iterable<number>;
  /**
   * also say why: which patches of the query picture and of each hit look alike. Both are read again, which takes the
   * model's time for each @default false
   */
  readonly explain?: boolean;
  /** stops between blocks of queries, and between pictures that are read */
  readonly signal?: AbortSignal;
  /** called with pictures, as a region is compared with its candidates */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Vectors that can be searched. Close it to free its memory; `await using` does so too. */
export interface SearchIndex extends AsyncDisposable {
  /** "exact" compares every vector, "hnsw" walks a graph of neighbours */
  readonly kind: SearcherKind;
  /** vectors in it */
  readonly size: number;
  /** numbers a vector */
  readonly dim: number;
  /** share of the true 10 nearest that it finds, measured on a sample: 1 for an exact one */
  readonly recall: number;
  /**
   * The most similar vectors by cosine. Rows that are asked for, alone or as examples, are left out of the hits.
   *
   * @throws ShapeError when the query has another dimension; ArgumentError when a row is not in the index, a picture
   *   comes without a model or k is not a whole number of 1 or more; NotFiniteError and DegenerateDataError for vectors
   *   that are not finite or zero; ClosedError after close(); and what `model.extract` throws for a picture
   */
  search(query: Query, options?: SearchOptions): Promise<SearchResult>;
  /** waits for running searches, then frees the memory */
  close(): Promise<void>;
}

/** What an index knows beside the vectors. */
export interface IndexedRows extends Omit<PictureReader, "signal"> {
  describe(row: number): { picture?: Picture; label?: string };
  readonly modelName?: string;
  readonly inputSize?: readonly [height: number, width: number];
}

/** @param allow [rows], 1 where a row may be found, made by an index that knows more of its rows */
export type AllowedSearch = (query: Query, options: SearchOptions, allow?: Uint8Array) => Promise<SearchResult>;

/** The index over a searcher, which is closed with it, and its `search` with a filter. */
export function searchIndex(
  searcher: Searcher,
  rows: IndexedRows,
  recall = 1,
): { index: SearchIndex; search: AllowedSearch } {
  const running = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;
  let pairs: Float32Array | undefined;
  const close = (): Promise<void> => {
    closing ??= Promise.allSettled(running).then(() => searcher.close());
    return closing;
  };
  const search: AllowedSearch = async (query, options = {}, allow) => {
    if (closing) throw new ClosedError("the index");
    const job = run(
      { searcher, rows, recall, pairs: () => (pairs ??= randomPairs(searcher.source)) },
      query,
      options,
      allow,
    );
    running.add(job);
    return job.finally(() => running.delete(job));
  };
  const { rows: size, cols: dim } = searcher.source;
  const index: SearchIndex = {
    ...{ kind: searcher.kind, size, dim, recall },
    search: (query, options = {}) => search(query, options),
    close,
    [Symbol.asyncDispose]: close,
  };
  return { index, search };
}

interface Searched {
  searcher: Searcher;
  rows: IndexedRows;
  recall: number;
  pairs(): Float32Array;
}

async function run(
  searched: Searched,
  query: Query,
  options: SearchOptions,
  allow: Uint8Array | undefined,
): Promise<SearchResult> {
  const { searcher, rows, recall } = searched;
  const { k = 10, exclude, signal, explain = false, onProgress } = ofCell(options);
  checkCount(k, "k");
  const reader: PictureReader = { ...rows, ...(signal ? { signal } : {}) };
  const allowed = withoutExcluded(allow, exclude, searcher.source.rows);
  const find = { ...searched, reader, k, allowed, onProgress };
  const queries: SearchedQuery[] = [];
  for (const group of groups(query))
    queries.push(...(isRegionQuery(group) ? [await searchRegion(find, group)] : await searchVectors(find, group)));
  if (explain) for (const asked of queries) await addReasons(asked, reader);
  const { modelName, inputSize } = rows;
  return {
    ...{ queries, k, size: searcher.source.rows },
    ...(modelName === undefined ? {} : { modelName }),
    ...(inputSize ? { inputSize } : {}),
    index: searcher.kind === "exact" ? { kind: "exact" } : { kind: searcher.kind, recall },
  };
}

type VectorQuery = Example | ExamplesQuery;

/** Regions one by one, what lies between them together. */
function groups(query: Query): (RegionQuery | VectorQuery[])[] {
  const list = (Array.isArray(query) ? query : [query]) as readonly (VectorQuery | RegionQuery)[];
  if (list.length === 0) throw new ArgumentError("query", "is an empty list: give at least one thing to look for");
  const grouped: (RegionQuery | VectorQuery[])[] = [];
  for (const one of list) {
    const last = grouped.at(-1);
    if (isRegionQuery(one)) grouped.push(one);
    else if (Array.isArray(last)) last.push(one);
    else grouped.push([one]);
  }
  return grouped;
}

function withoutExcluded(
  allow: Uint8Array | undefined,
  exclude: Iterable<number> | undefined,
  rows: number,
): Uint8Array | undefined {
  const excluded = [...(exclude ?? [])];
  if (excluded.length === 0) return allow;
  const allowed = allow?.slice() ?? new Uint8Array(rows).fill(1);
  for (const row of excluded) {
    if (!Number.isInteger(row) || row < 0 || row >= rows)
      throw new ArgumentError("exclude", `names row ${row}: the index has the rows 0 to ${rows - 1}`);
    allowed[row] = 0;
  }
  return allowed;
}

interface Find extends Searched {
  reader: PictureReader;
  k: number;
  allowed: Uint8Array | undefined;
  onProgress: SearchOptions["onProgress"];
}

async function searchVectors(find: Find, list: readonly VectorQuery[]): Promise<SearchedQuery[]> {
  const asked: AskedQuery[] = [];
  for (const one of list) asked.push(...(await askedQueries(one, find.searcher.source, find.reader)));
  const hits = await hitsOf(find, asked, find.k);
  return asked.map((one, i) => ({ ...describeQuery(one, find.rows), hits: hits[i] }));
}

function describeQuery({ picture, row }: AskedQuery, rows: IndexedRows): Omit<SearchedQuery, "hits"> {
  if (row !== undefined) return { row, ...rows.describe(row) };
  return picture ? { picture } : {};
}

/** The k most similar rows of each query without its own. */
async function hitsOf(
  { searcher, rows, pairs, reader, allowed }: Find,
  asked: readonly AskedQuery[],
  k: number,
): Promise<Hit[][]> {
  const { cols } = searcher.source;
  const spare = Math.max(0, ...asked.map(({ own }) => own.length));
  const queries = matrix(concatenated(asked.map(({ vector }) => vector)), asked.length, cols);
  const found = await searcher.find(queries, k + spare, {
    ...(allowed ? { allowed } : {}),
    ...(reader.signal ? { signal: reader.signal } : {}),
  });
  const random = pairs();
  return asked.map(({ own }, q) => {
    const hits: Hit[] = [];
    for (let at = q * found.k; at < (q + 1) * found.k && hits.length < k; at++) {
      const row = found.rows[at];
      if (row < 0 || own.includes(row)) continue;
      const similarity = found.similarities[at];
      const percentile = random.length > 0 ? { percentile: percentileOf(random, similarity) } : {};
      hits.push({ row, similarity, ...percentile, ...rows.describe(row) });
    }
    return hits;
  });
}

async function searchRegion(find: Find, { picture, region, candidates = 100 }: RegionQuery): Promise<SearchedQuery> {
  const { k, rows, reader, searcher } = find;
  checkCount(candidates, "candidates");
  const whole = wholePicture(find, picture);
  const query = await patchesOf(whole.source, reader);
  // a box that is none is told before it is cut
  regionPatches(query, region);
  const [box] = await askedQueries(await cutRegion(whole.source, region), searcher.source, reader);
  const [near] = await hitsOf(find, [{ ...box, own: whole.own }], Math.max(candidates, 4 * k));
  const readable = near.flatMap((hit) => (hit.picture ? [{ row: hit.row, picture: hit.picture }] : []));
  const compared = await compareRegion(query, region, readable, reader, find.onProgress);
  const hits = compared
    .slice(0, k)
    .map(({ row, match }): Hit => ({ row, similarity: match.similarity, match, ...rows.describe(row) }));
  const [own] = whole.own;
  return { ...(own === undefined ? {} : { row: own, ...rows.describe(own) }), picture: query.picture, hits };
}

/** A picture of the index is not among its own hits. */
function wholePicture(
  { reader, rows, searcher }: Find,
  picture: RegionQuery["picture"],
): { source: ImageSource; own: number[] } {
  if (typeof picture !== "object" || picture === null || !("row" in picture)) {
    const row = typeof picture === "string" ? reader.rowOf?.(picture) : undefined;
    return { source: picture, own: row === undefined ? [] : [row] };
  }
  checkRow(picture.row, searcher.source);
  const known = rows.describe(picture.row).picture;
  if (!known) throw noPicture("this row has none");
  return { source: known.source, own: [picture.row] };
}

function noPicture(why: string): ArgumentError {
  return new ArgumentError("query", `must be a picture to be compared patch by patch, and ${why}: give a picture`);
}

/** Says of each hit which patches look like which of the query's. */
async function addReasons(asked: SearchedQuery, reader: PictureReader): Promise<void> {
  if (!asked.picture) throw noPicture("the query is a vector");
  const query = await patchesOf(asked.picture.source, reader);
  for (const hit of asked.hits) {
    if (hit.match || !hit.picture) continue;
    try {
      hit.match = await matchPatches(query, await patchesOf(hit.picture.source, reader), { signal: reader.signal });
    } catch (error) {
      // a picture that is not there any more stays a hit, unexplained
      if (!(error instanceof FileError)) throw error;
    }
  }
}
