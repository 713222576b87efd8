/** Embedding maps: every picture a point, near where its look-alikes are. */
import { ArgumentError, ShapeError } from "../core/errors.js";
import { checkFinite, checkMatrix, checkOnePerRow, type Matrix } from "../core/numeric/matrix.js";
import type { Projection } from "../core/projection/umap.js";
import type { Caption, FigureOptions, MimeBundle } from "./bundle.js";
import { type Categories, categorise } from "./categories.js";
import { drawEmbedding } from "./embedding-drawing.js";
import { bundleOf } from "./figure.js";
import { markPath } from "./marks.js";
import { base64, escapeHtml, fold, inSequence, shortName } from "./markup.js";
import type { EmbeddingMapData } from "./page-data.js";
import { heightRatio, mostMarks, placePoints, scatterPaths } from "./scatter.js";
import { type PictureLike, type Sheet, thumbnailSheet } from "./thumbnail.js";
import { count, counted, decimal, modelAtSize, percent } from "./wording.js";

/** What an embedding map shows; the record of `umap` fits. */
export interface ProjectionLike
  extends Pick<Projection, "points">,
    Partial<Pick<Projection, "trustworthiness" | "neighbourOverlap" | "k" | "modelName" | "inputSize">> {
  pictures?: readonly (PictureLike | undefined)[];
  labels?: readonly (string | undefined)[];
  /** sentences on what was done otherwise than asked */
  notes?: readonly string[];
}

export interface EmbeddingMapOptions extends FigureOptions {
  /** one a row, for the colours @default the projection's own */
  readonly labels?: readonly (string | undefined)[];
  /** one a row, for the thumbnails @default the projection's own */
  readonly pictures?: readonly (PictureLike | undefined)[];
  /** how the map was made @default "UMAP" */
  readonly method?: string;
}

/**
 * Draws a projection as a map: colour by label, the picture under the pointer, pictures on the map where there is
 * room. Arrow keys go from point to point.
 *
 * @param projection the record of `umap`
 * @returns HTML with Plotly, PNG and text
 * @throws ArgumentError when there is no point; ShapeError when points, labels and pictures do not fit each other;
 *   NotFiniteError naming the first bad point
 */
export async function embeddingMap(projection: ProjectionLike, options: EmbeddingMapOptions = {}): Promise<MimeBundle> {
  const { points } = projection;
  const labels = options.labels ?? projection.labels;
  const pictures = options.pictures ?? projection.pictures;
  check(points, { labels, pictures });
  const categories = categorise(labels, points.rows);
  const tile = pictures ? tileSize(points.rows) : 0;
  const drawn = pictures && tile > 0 ? await thumbnailSheet(pictures, tile) : undefined;
  const sheet = drawn?.present.includes(1) ? drawn : undefined;
  const names = pictures?.map((picture, i) => (picture ? shortName(picture.name) : `row ${i}`)) ?? [];
  return bundleOf(
    {
      widget: "embedding-map",
      plotly: true,
      body: body(points, categories, sheet),
      caption: caption(projection, categories, options, sheet !== undefined),
      data: pageData(points, categories, names, sheet),
      drawing: await drawEmbedding(points, categories, pictures),
      text: [measures(projection), categories.list.map(({ name, count: n }) => `${name} ${n}`).join(", ")].filter(
        Boolean,
      ),
    },
    options,
    `${options.method ?? "UMAP"} of ${counted(points.rows, "picture")}`,
  );
}

function check(points: Matrix, rows: Record<string, readonly unknown[] | undefined>): void {
  checkMatrix(points, "projection.points");
  if (points.cols !== 2)
    throw new ShapeError(
      "projection.points",
      `has ${points.cols} columns where a map has 2: project to two dimensions`,
    );
  if (points.rows === 0) throw new ArgumentError("projection", "holds no point: project at least one vector");
  checkFinite(points, "projection.points");
  checkOnePerRow(rows, points.rows, "points");
}

/** Pixels a thumbnail, so that a sheet stays within a few megabytes; past 20,000 pictures only names remain. */
function tileSize(rows: number): number {
  const steps: [rows: number, tile: number][] = [
    [400, 112],
    [1500, 64],
    [5000, 40],
    [20000, 24],
  ];
  return steps.find(([most]) => rows <= most)?.[1] ?? 0;
}

function body(points: Matrix, categories: Categories, sheet?: Sheet): string {
  const [width, tall] = [720, heightRatio(points)];
  const height = Math.round(width * tall);
  const paths = scatterPaths(placePoints(points, width, height, 18), categories, points.rows > 1000 ? 2 : 4);
  const hint = `Map of ${counted(points.rows, "picture")}. Arrow keys go from picture to picture, Escape leaves.`;
  const pictures = sheet
    ? `<label><input type="checkbox" class="pl-pictures" checked> Pictures</label>` +
      `<img class="pl-sheet" src="${sheet.uri}" alt="" hidden>`
    : "";
  return (
    `<div class="pl-map" style="--pl-tall:${tall}" tabindex="0" role="application" aria-label="${hint}">` +
    `<svg viewBox="0 0 ${width} ${height}" aria-hidden="true">${paths}</svg></div>` +
    `<div class="pl-side">${legend(categories)}<div class="pl-tools">${pictures}` +
    `<button type="button" class="pl-whole">Whole map</button>` +
    `<button type="button" class="pl-select" aria-pressed="false" hidden>Select</button>` +
    `<span class="pl-selected" aria-live="polite" hidden></span>` +
    `<span class="pl-hint">Point at one, or press an arrow key. Drag to enlarge, double-click to go back.</span></div>` +
    `<div class="pl-sr pl-live" aria-live="polite"></div></div>`
  );
}

function legend({ list }: Categories): string {
  if (list.length === 0) return "";
  const entries = list.map(
    ({ name, count: n, colour, symbol }) =>
      `<button type="button" class="pl-key" aria-pressed="true"><svg viewBox="-8 -8 16 16" aria-hidden="true">` +
      `<path d="${markPath(symbol, 0, 0, 5)}" fill="${colour}"/></svg>${escapeHtml(name)} <small>${count(n)}</small></button>`,
  );
  const all = fold(entries, 24, inSequence, (n) => counted(n, "more label"));
  return `<div class="pl-legend" role="group" aria-label="Labels; press one to hide or show it">${all}</div>`;
}

function pageData(points: Matrix, categories: Categories, names: string[], sheet?: Sheet): EmbeddingMapData {
  return {
    points: base64(points.data),
    category: base64(categories.of),
    categories: categories.list,
    names,
    ...(sheet ? { sheet: { tile: sheet.tile, columns: sheet.columns, present: base64(sheet.present) } } : {}),
  };
}

function caption(
  projection: ProjectionLike,
  { list }: Categories,
  options: EmbeddingMapOptions,
  withPictures: boolean,
): Caption {
  const method = options.method ?? "UMAP";
  const noun = withPictures || projection.pictures ? "picture" : "vector";
  const model = modelAtSize(options.modelName ?? projection.modelName, options.size ?? projection.inputSize);
  const axes = "The axes have no unit: only who is near whom counts, not the distance between groups or their size.";
  const { rows } = projection.points;
  return {
    shows: `${method} map of ${counted(rows, noun)} by ${model}.`,
    reading: [
      `Each point is a ${noun}, near those that the model finds alike${list.length > 0 ? "; colours are labels that the model was not given" : ""}.`,
      axes,
      measures(projection),
      ...(projection.notes ?? []).map(sentence),
    ]
      .filter(Boolean)
      .join(" "),
    ...(rows > mostMarks ? { still: `This picture draws ${count(mostMarks)} of the ${count(rows)} points.` } : {}),
    lookFor:
      list.length > 0
        ? "groups of one colour, and for points among another colour."
        : "groups, and what lies between them.",
  };
}

function sentence(note: string): string {
  return `${note.charAt(0).toUpperCase()}${note.slice(1).replace(/\.$/, "")}.`;
}

function measures({ trustworthiness, neighbourOverlap, k }: ProjectionLike): string {
  const among = k === undefined ? "" : `, over ${k} neighbours`;
  const parts = [
    trustworthiness === undefined ? "" : `trustworthiness ${decimal(trustworthiness)} of 1`,
    neighbourOverlap === undefined
      ? ""
      : `${percent(neighbourOverlap)} of each picture's true neighbours are its neighbours here`,
  ].filter(Boolean);
  return parts.length > 0 ? `How far to trust it: ${parts.join("; ")}${among}.` : "";
}
