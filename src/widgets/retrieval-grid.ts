/** Search results as pictures: the query at the left, what was found at the right, best first. */
import { ArgumentError } from "../core/errors.js";
import type { Hit, SearchedQuery, SearchResult } from "../core/retrieval/search-result.js";
import type { Caption, FigureOptions, MimeBundle } from "./bundle.js";
import { bundleOf } from "./figure.js";
import { escapeHtml, fold, inSequence, shortName } from "./markup.js";
import { drawRetrieval } from "./retrieval-drawing.js";
import { type PictureLike, type Thumbnail, thumbnails } from "./thumbnail.js";
import { count, counted, decimal, modelAtSize } from "./wording.js";

export interface HitLike extends Omit<Hit, "picture"> {
  picture?: PictureLike;
}

export interface QueryLike extends Omit<SearchedQuery, "picture" | "hits"> {
  picture?: PictureLike;
  hits: readonly HitLike[];
}

/** What a retrieval grid shows; the record of a search fits. */
export interface SearchResultLike extends Partial<Omit<SearchResult, "queries">> {
  queries: readonly QueryLike[];
}

export interface RetrievalGridOptions extends FigureOptions {
  /** what the similarity is @default "cosine" */
  readonly unit?: string;
  /** hits of a query that are open; the others fold @default 12 */
  readonly openHits?: number;
  /** queries that are open; the others fold @default 6 */
  readonly openQueries?: number;
  /** queries that are drawn at all; the caption names the rest @default 40 */
  readonly limit?: number;
}

/** A query with its pictures ready to draw. */
export interface RetrievalRow {
  query: Drawn<QueryLike>;
  hits: Drawn<HitLike>[];
}

export interface Drawn<T> {
  item: T;
  name: string;
  picture?: Thumbnail;
}

const side = 256;

/**
 * Draws search results: each query with its hits, their similarity and, where known, their label.
 *
 * @param result the record of a search
 * @returns HTML without Plotly, PNG and text
 * @throws ArgumentError when there is no query
 */
export async function retrievalGrid(result: SearchResultLike, options: RetrievalGridOptions = {}): Promise<MimeBundle> {
  if (!result.queries?.length)
    throw new ArgumentError("searchResult", "holds no query: search for at least one picture");
  const unit = options.unit ?? "cosine";
  const rows = await drawRows(result.queries.slice(0, options.limit ?? 40));
  return bundleOf(
    {
      widget: "retrieval",
      body: foldQueries(rows, unit, options),
      caption: caption(result, unit, rows.length, options),
      drawing: drawRetrieval(rows, unit),
      text: rows.map(
        ({ query, hits }) =>
          `${query.name}: ${hits.map((hit) => `${hit.name} ${decimal(hit.item.similarity)}`).join(", ")} (${unit})`,
      ),
    },
    options,
    `Nearest pictures of ${counted(result.queries.length, "query").replace("querys", "queries")}`,
  );
}

async function drawRows(queries: readonly QueryLike[]): Promise<RetrievalRow[]> {
  const items = queries.flatMap((query) => [query, ...query.hits]);
  // the same picture is often found by several queries
  const unique = [...new Map(items.map((item) => [item.picture?.source, item.picture])).values()];
  const drawn = await thumbnails(unique, side);
  const bySource = new Map(unique.map((picture, i) => [picture?.source, drawn[i]]));
  const draw = <T extends QueryLike | HitLike>(item: T, fallback: string): Drawn<T> => {
    const picture = item.picture && bySource.get(item.picture.source);
    return { item, name: item.picture ? shortName(item.picture.name) : fallback, ...(picture ? { picture } : {}) };
  };
  return queries.map((query, i) => ({
    query: draw(query, query.row === undefined ? `query ${i + 1}` : `row ${query.row}`),
    hits: query.hits.map((hit) => draw(hit, `row ${hit.row}`)),
  }));
}

function foldQueries(rows: readonly RetrievalRow[], unit: string, options: RetrievalGridOptions): string {
  const open = options.openQueries ?? 6;
  const markup = rows.map((row) => rowMarkup(row, unit, options.openHits ?? 12));
  return fold(markup, open, inSequence, (n) => `${count(n)} more ${n === 1 ? "query" : "queries"}`);
}

function rowMarkup({ query, hits }: RetrievalRow, unit: string, open: number): string {
  const cells = hits.map((hit, i) => hitMarkup(hit, i + 1, unit, query.item.label));
  const list = (items: readonly string[], start: number): string =>
    `<ol class="pl-hits" start="${start + 1}">${items.join("")}</ol>`;
  return (
    `<section class="pl-query" aria-label="query ${escapeHtml(query.name)}"><div class="pl-asked">` +
    `${tile(query)}<div class="pl-note"><span class="pl-kind">Query</span>${names(query)}${agreement(query, hits)}</div></div>` +
    `<div class="pl-found">${fold(cells, open, list, (n) => counted(n, "more hit"))}</div></section>`
  );
}

function hitMarkup(hit: Drawn<HitLike>, rank: number, unit: string, asked?: string): string {
  const same = asked !== undefined && hit.item.label === asked;
  return (
    `<li class="pl-hit${same ? " pl-same" : ""}" value="${rank}">${tile(hit)}<div class="pl-note">` +
    `<span class="pl-similarity">${decimal(hit.item.similarity)} <small>${escapeHtml(unit)}</small></span>` +
    `${names(hit)}</div></li>`
  );
}

function tile({ name, picture }: Drawn<QueryLike | HitLike>): string {
  const label = escapeHtml(name);
  const content = picture
    ? `<img src="${picture.uri}" alt="${label}" width="${picture.width}" height="${picture.height}">`
    : `<span class="pl-missing">${label}</span>`;
  return `<div class="pl-tile pl-square">${content}</div>`;
}

function names({ item, name }: Drawn<QueryLike | HitLike>): string {
  const file = `<span class="pl-name" title="${escapeHtml(item.picture?.name ?? name)}">${escapeHtml(name)}</span>`;
  return item.label === undefined ? file : `<span class="pl-label">${escapeHtml(item.label)}</span>${file}`;
}

function agreement(query: Drawn<QueryLike>, hits: readonly Drawn<HitLike>[]): string {
  if (query.item.label === undefined) return "";
  const same = hits.filter((hit) => hit.item.label === query.item.label).length;
  return `<span class="pl-agreement">${same} of ${hits.length} hits share its label</span>`;
}

function caption(
  { queries, size, modelName, inputSize }: SearchResultLike,
  unit: string,
  shown: number,
  options: RetrievalGridOptions,
): Caption {
  const among = size === undefined ? "" : ` among ${counted(size, "picture")}`;
  const asked = queries.length === 1 ? "one query" : `${count(queries.length)} queries`;
  const left = queries.length > shown ? ` The first ${count(shown)} queries are drawn.` : "";
  const labelled = queries.some((query) => query.label !== undefined);
  return {
    shows: `Nearest pictures of ${asked}${among} by ${modelAtSize(options.modelName ?? modelName, options.size ?? inputSize)}.${left}`,
    reading:
      `Best first; the number is the ${unit} similarity of the image vectors` +
      `${unit === "cosine" ? ", 1 for the same direction" : ""}.` +
      `${labelled ? " A filled dot marks a hit with the query's label; the model was not given the labels." : ""}`,
    lookFor: "hits that show the same kind of thing in another pose, colour or light, and for where the numbers drop.",
  };
}
