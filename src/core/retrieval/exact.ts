import { ArgumentError, ClosedError, ShapeError } from "../errors.js";
import type { ExtractOptions, Model } from "../model/model.js";
import { type HeldBase, holdBase } from "../numeric/held-base.js";
import { inTurns } from "../numeric/in-turns.js";
import { type LabelledVectors, labelledVectors } from "../numeric/labelled-vectors.js";
import { checkOnePerRow, type Matrix } from "../numeric/matrix.js";
import { metricSpace } from "../numeric/metric-space.js";
import { nearest } from "../numeric/nearest.js";
import { checkCount } from "../numeric/neighbours.js";
import { checkRankable } from "../numeric/ranking.js";
import type { Picture } from "../picture.js";
import { type Query, type QueryVectors, queryVectors } from "./query.js";
import type { Hit, SearchedQuery, SearchResult } from "./search-result.js";

export interface ExactIndexOptions {
  /** reads query pictures; must be the one that made the vectors. It is not closed with the index. */
  readonly model?: Model;
  /** one a row, returned with the hits @default the record's own */
  readonly pictures?: readonly Picture[];
  /** one a row, returned with the hits @default the record's own */
  readonly labels?: readonly string[];
  /** input size for query pictures, as the vectors were made with @default the record's, or the model's own */
  readonly size?: ExtractOptions["size"];
  /** how query pictures are brought to that size, as the vectors were made with @default the record's, or the model's own */
  readonly fit?: ExtractOptions["fit"];
  /** how their tokens are pooled, as the vectors were @default the record's, or the model's own image vector */
  readonly pooling?: ExtractOptions["pooling"];
}

export interface SearchOptions {
  /** hits a query @default 10 */
  readonly k?: number;
  /** rows that must not be found */
  readonly exclude?: Iterable<number>;
  /** stops between blocks of queries */
  readonly signal?: AbortSignal;
}

/** An index that compares every vector. Close it to free the runtime's copy; `await using` does so too. */
export interface ExactIndex extends AsyncDisposable {
  /** vectors in it */
  readonly size: number;
  /** numbers a vector */
  readonly dim: number;
  /**
   * The most similar vectors by cosine. A row that is asked for is left out of its own hits.
   *
   * @throws ShapeError when the query has another dimension; ArgumentError when a row is not in the index, a picture
   *   comes without a model or k is not a whole number of 1 or more; NotFiniteError and DegenerateDataError for vectors
   *   that are not finite or zero; ClosedError after close(); and what `model.extract` throws for a picture
   */
  search(query: Query, options?: SearchOptions): Promise<SearchResult>;
  /** waits for running searches, then frees the memory */
  close(): Promise<void>;
}

/**
 * An exact index by cosine similarity, for up to some 100,000 vectors.
 *
 * @param vectors n x d, or a record of them with their pictures and labels; kept, and not to be changed while the index
 *   is open. They need not be normalised.
 * @throws ShapeError when there are no vectors or more than can be ranked, or pictures, labels or the model do not fit them;
 *   NotFiniteError and DegenerateDataError naming the first row that is not finite or zero
 */
export async function exactIndex(
  vectors: Matrix | LabelledVectors,
  options: ExactIndexOptions = {},
): Promise<ExactIndex> {
  const known = labelledVectors(vectors, "vectors");
  const { pictures, labels, size, fit, pooling, model } = options;
  const rows: IndexedVectors = {
    vectors: known.vectors,
    pictures: pictures ?? known.pictures,
    labels: labels ?? known.labels,
    size: size ?? known.size,
    fit: fit ?? known.fit,
    // a record may come from a file: `extract` checks the name
    pooling: pooling ?? (known.pooling as ExtractOptions["pooling"]),
    model,
    modelName: model?.name ?? known.modelName,
  };
  checkFits(rows);
  const space = await inTurns(metricSpace(known.vectors, "cosine", "vectors"));
  return openIndex(await holdBase(space), rows);
}

/** What the index knows, its options and the record's entries together. */
interface IndexedVectors extends ExactIndexOptions {
  readonly vectors: Matrix;
  readonly modelName?: string;
}

function openIndex(base: HeldBase, rows: IndexedVectors): ExactIndex {
  const running = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= Promise.allSettled(running).then(() => base.release());
    return closing;
  };
  return {
    size: rows.vectors.rows,
    dim: rows.vectors.cols,
    async search(query, searchOptions = {}) {
      if (closing) throw new ClosedError("the index");
      const job = runSearch(base, rows, query, searchOptions);
      running.add(job);
      try {
        return await job;
      } finally {
        running.delete(job);
      }
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function runSearch(
  base: HeldBase,
  options: IndexedVectors,
  query: Query,
  { k = 10, exclude = [], signal }: SearchOptions,
): Promise<SearchResult> {
  checkCount(k, "k");
  const { vectors } = options;
  const asked = await queryVectors(query, vectors, options, signal);
  const excluded = excludedRows(exclude, asked.row, vectors.rows);
  const found = await nearest(base, await inTurns(base.space.prepare(asked.vectors, "query"), signal), k, {
    ...(excluded.size === 0 ? {} : { excluded: (_: number, r: number) => excluded.has(r), spare: excluded.size }),
    ...(signal ? { signal } : {}),
  });
  const queries = Array.from({ length: asked.vectors.rows }, (_, q) => {
    const at = q * found.k;
    const hits = Array.from({ length: found.k }, (_, j): Hit => {
      const hit = found.indices[at + j];
      return { row: hit, similarity: found.measures[at + j], ...describeRow(hit, options) };
    });
    return { ...describeQuery(asked, options), hits };
  });
  return { queries, k, size: vectors.rows, ...describeModel(options) };
}

function describeModel({ modelName, size }: IndexedVectors): Pick<SearchResult, "modelName" | "inputSize"> {
  const inputSize = typeof size === "number" ? ([size, size] as const) : size;
  return { ...(modelName === undefined ? {} : { modelName }), ...(inputSize ? { inputSize } : {}) };
}

function excludedRows(exclude: Iterable<number>, own: number | undefined, rows: number): Set<number> {
  const excluded = new Set(exclude);
  for (const r of excluded) {
    if (!Number.isInteger(r) || r < 0 || r >= rows)
      throw new ArgumentError("exclude", `names row ${r}: the index has the rows 0 to ${rows - 1}`);
  }
  if (own !== undefined) excluded.add(own);
  return excluded;
}

function describeRow(index: number, { pictures, labels }: ExactIndexOptions): { picture?: Picture; label?: string } {
  return { ...(pictures ? { picture: pictures[index] } : {}), ...(labels ? { label: labels[index] } : {}) };
}

function describeQuery({ picture, row }: QueryVectors, options: ExactIndexOptions): Omit<SearchedQuery, "hits"> {
  if (row !== undefined) return { row, ...describeRow(row, options) };
  return picture ? { picture } : {};
}

function checkFits({ vectors, model, pooling, pictures, labels }: IndexedVectors): void {
  checkRankable(vectors.rows, "vectors");
  checkOnePerRow({ pictures, labels }, vectors.rows, "vectors");
  if (model && pooling === undefined && model.dim !== vectors.cols)
    throw new ShapeError(
      "model",
      `gives vectors of ${model.dim} numbers where the index has ${vectors.cols}: use the model that made them`,
    );
}
