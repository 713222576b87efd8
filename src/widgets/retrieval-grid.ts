/** Search results as pictures: the query at the left, what was found at the right, best first. */
import pMap from "p-map";
import { ArgumentError } from "../core/errors.js";
import type { Region } from "../core/picture.js";
import type { Hit, SearchedQuery, SearchResult } from "../core/retrieval/search-result.js";
import type { FigureOptions, MimeBundle } from "./bundle.js";
import { bundleOf } from "./figure.js";
import { boxPath, outlinesMarkup } from "./map-tile.js";
import { escapeHtml, fold, inSequence, pathFromHere, shortName } from "./markup.js";
import type { MatchLike } from "./match-figure.js";
import { matchMarkup } from "./match-markup.js";
import { boxOf, type DrawnMatch, drawnMatch } from "./match-tiles.js";
import { picturePool } from "./picture-pool.js";
import { retrievalCaption } from "./retrieval-caption.js";
import { drawRetrieval } from "./retrieval-drawing.js";
import type { PictureLike, Thumbnail } from "./thumbnail.js";
import { abovePairs, count, counted, decimal } from "./wording.js";

export interface HitLike extends Omit<Hit, "picture" | "match"> {
  picture?: PictureLike;
  match?: MatchLike;
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
  /** hits that know which patches they share with the query */
  why: { rank: number; similarity: number; match: DrawnMatch }[];
  /** the box that was looked for, in shares of the query's picture */
  box?: Region;
}

export interface Drawn<T> {
  item: T;
  name: string;
  picture?: Thumbnail;
}

const side = 256;
/** Explained hits of a query: each brings four more pictures. */
const mostExplained = 6;

/**
 * Draws search results: each query with its hits, their similarity and, where known, what that means among random
 * pairs, their label, and which patches they share with the query.
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
      body: await foldQueries(rows, unit, options),
      caption: retrievalCaption(result, unit, rows.length, options),
      drawing: drawRetrieval(rows, unit),
      text: rows.map(
        ({ query, hits }) =>
          `${query.name}: ${hits.map((hit) => `${hit.name} ${decimal(hit.item.similarity)}${aboveInText(hit.item)}`).join(", ")} (${unit})`,
      ),
    },
    options,
    `Nearest pictures of ${counted(result.queries.length, "query", "queries")}`,
  );
}

async function drawRows(queries: readonly QueryLike[]): Promise<RetrievalRow[]> {
  const items = queries.flatMap((query) => [query, ...query.hits]);
  // the same picture is often found by several queries
  const thumbnailOf = await picturePool(side)(items.map((item) => item.picture));
  const draw = <T extends QueryLike | HitLike>(item: T, fallback: string): Drawn<T> => {
    const picture = thumbnailOf(item.picture);
    return { item, name: item.picture ? shortName(item.picture.name) : fallback, ...(picture ? { picture } : {}) };
  };
  return pMap(
    queries,
    async (query, i) => ({
      query: draw(query, query.row === undefined ? `query ${i + 1}` : `row ${query.row}`),
      hits: query.hits.map((hit) => draw(hit, `row ${hit.row}`)),
      why: await explained(query),
      ...boxed(query),
    }),
    { concurrency: 2 },
  );
}

function boxed({ hits }: QueryLike): Pick<RetrievalRow, "box"> {
  const match = hits.find((hit) => hit.match)?.match;
  const box = match && boxOf(match);
  return box ? { box } : {};
}

async function explained({ hits }: QueryLike): Promise<RetrievalRow["why"]> {
  const known = hits.flatMap(({ match, similarity }, i) => (match ? [{ rank: i + 1, similarity, match }] : []));
  return Promise.all(
    known.slice(0, mostExplained).map(async (hit) => ({ ...hit, match: await drawnMatch(hit.match) })),
  );
}

async function foldQueries(
  rows: readonly RetrievalRow[],
  unit: string,
  options: RetrievalGridOptions,
): Promise<string> {
  const open = options.openQueries ?? 6;
  const markup = await Promise.all(rows.map((row) => rowMarkup(row, unit, options.openHits ?? 12)));
  return fold(markup, open, inSequence, (n) => counted(n, "more query", "more queries"));
}

async function rowMarkup({ query, hits, why, box }: RetrievalRow, unit: string, open: number): Promise<string> {
  const cells = hits.map((hit, i) => hitMarkup(hit, i + 1, unit, query.item.label));
  const list = (items: readonly string[], start: number): string =>
    `<ol class="pl-hits" start="${start + 1}">${items.join("")}</ol>`;
  return (
    `<section class="pl-query" aria-label="query ${escapeHtml(query.name)}"><div class="pl-asked">` +
    `${tile(query, box)}<div class="pl-note"><span class="pl-kind">Query</span>${names(query)}${agreement(query, hits)}</div></div>` +
    `<div class="pl-found">${fold(cells, open, list, (n) => counted(n, "more hit"))}</div>${await whyMarkup(why, unit)}</section>`
  );
}

async function whyMarkup(why: RetrievalRow["why"], unit: string): Promise<string> {
  if (why.length === 0) return "";
  const matches = await Promise.all(
    why.map(async ({ rank, similarity, match }) => {
      const head = `Hit ${rank} <small>${decimal(similarity)} ${escapeHtml(unit)}</small>`;
      return `<div class="pl-reason"><div class="pl-kind">${head}</div>${await matchMarkup(match)}</div>`;
    }),
  );
  const whose = why.length === 1 ? "this hit was found" : `the ${count(why.length)} best hits were found`;
  return `<details class="pl-more pl-why"><summary>Show why ${whose}</summary>${matches.join("")}</details>`;
}

function hitMarkup(hit: Drawn<HitLike>, rank: number, unit: string, asked?: string): string {
  const same = asked !== undefined && hit.item.label === asked;
  return (
    `<li class="pl-hit${same ? " pl-same" : ""}" value="${rank}">${tile(hit)}<div class="pl-note">` +
    `<span class="pl-similarity">${decimal(hit.item.similarity)} <small>${escapeHtml(unit)}</small></span>` +
    `${above(hit.item)}${names(hit)}</div></li>`
  );
}

function above({ percentile }: HitLike): string {
  return percentile === undefined ? "" : `<span class="pl-above-pairs">${abovePairs(percentile)}</span>`;
}

function aboveInText({ percentile }: HitLike): string {
  return percentile === undefined ? "" : ` ${abovePairs(percentile)}`;
}

function tile({ name, picture }: Drawn<QueryLike | HitLike>, box?: Region): string {
  const label = escapeHtml(name);
  const content = picture
    ? `<img src="${picture.uri}" alt="${label}" width="${picture.width}" height="${picture.height}">`
    : `<span class="pl-missing">${label}</span>`;
  const size = picture && { cols: picture.width, rows: picture.height };
  const outline = box && size ? outlinesMarkup(boxPath(box, 0, 0, size.cols, size.rows), size, "xMidYMid") : "";
  return `<div class="pl-tile pl-square">${content}${outline}</div>`;
}

function names({ item, name }: Drawn<QueryLike | HitLike>): string {
  const whole = item.picture ? pathFromHere(item.picture.name) : name;
  const file = `<span class="pl-name" title="${escapeHtml(whole)}">${escapeHtml(name)}</span>`;
  return item.label === undefined ? file : `<span class="pl-label">${escapeHtml(item.label)}</span>${file}`;
}

function agreement(query: Drawn<QueryLike>, hits: readonly Drawn<HitLike>[]): string {
  if (query.item.label === undefined) return "";
  const same = hits.filter((hit) => hit.item.label === query.item.label).length;
  return `<span class="pl-agreement">${same} of ${hits.length} hits share its label</span>`;
}
