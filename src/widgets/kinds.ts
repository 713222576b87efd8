/** What can be shown, and as which figure. */
import type { LearningPoint, TrainingNotes } from "../core/classify/head.js";
import type { HeadReport } from "../core/collection/train-head.js";
import type { Comparison } from "../core/compare/comparison.js";
import { ArgumentError } from "../core/errors.js";
import type { ClassificationReport } from "../core/evaluate/classification-report.js";
import type { LabelEfficiency } from "../core/evaluate/label-efficiency.js";
import type { LabelMistakes } from "../core/evaluate/label-mistakes.js";
import { given } from "../core/given.js";
import type { Matrix } from "../core/numeric/matrix.js";
import type { ImageSource } from "../core/picture.js";
import type { RetrievalScores } from "../core/retrieval/evaluate.js";
import { type AttentionFigureOptions, type AttentionLike, attentionFigure } from "./attention-figure.js";
import type { MimeBundle } from "./bundle.js";
import { type ClassificationFigureOptions, classificationFigure } from "./classification-figure.js";
import { type ComparisonReportOptions, comparisonReport } from "./comparison-report.js";
import { type EfficiencyChartOptions, efficiencyChart } from "./efficiency-chart.js";
import { type EmbeddingMapOptions, embeddingMap, type ProjectionLike } from "./embedding-map.js";
import { type GalleryOptions, gallery } from "./gallery.js";
import { type LabelMistakesGridOptions, labelMistakesGrid } from "./label-mistakes-grid.js";
import { type LearningCurvesOptions, learningCurves } from "./learning-curves.js";
import { embeddingView } from "./live/embedding-view.js";
import type { Displayable } from "./live/figure-view.js";
import { patchMapView } from "./live/patch-map-view.js";
import { type MatchFigureOptions, type MatchLike, matchFigure } from "./match-figure.js";
import { type PatchMapFigureOptions, type PatchMapLike, patchMapFigure } from "./patch-map-figure.js";
import { type RetrievalGridOptions, retrievalGrid, type SearchResultLike } from "./retrieval-grid.js";
import { type ScoreTableOptions, scoreTable } from "./score-table.js";
import { type MatrixTableOptions, matrixTable } from "./table.js";
import type { PictureLike } from "./thumbnail.js";
import { type TokenNormsFigureOptions, type TokenNormsLike, tokenNormsFigure } from "./token-norms-figure.js";

/** What can be shown. A list of paths, of pictures' bytes or of picture records is a gallery. */
export type Showable =
  | PatchMapLike
  | SearchResultLike
  | ProjectionLike
  | RetrievalScores
  | TokenNormsLike
  | AttentionLike
  | readonly AttentionLike[]
  | MatchLike
  | Comparison
  | ClassificationReport
  | Pick<HeadReport, "classifier" | "training" | "test" | "space">
  | LabelMistakes
  | LabelEfficiency
  | readonly LabelEfficiency[]
  | TrainingNotes
  | readonly LearningPoint[]
  | Matrix
  | PictureLike
  | { readonly pictures: readonly PictureLike[]; readonly patches: readonly unknown[] }
  | readonly (PictureLike | ImageSource)[]
  | MimeBundle;

/** The options of the figure that a result becomes. */
export interface ToBundleOptions
  extends Omit<PatchMapFigureOptions, "limit">,
    Omit<RetrievalGridOptions, "limit">,
    Omit<EmbeddingMapOptions, "limit">,
    Omit<AttentionFigureOptions, "limit" | "head">,
    Omit<TokenNormsFigureOptions, "limit">,
    MatchFigureOptions,
    ScoreTableOptions,
    Omit<ComparisonReportOptions, "head">,
    Omit<ClassificationFigureOptions, "head">,
    EfficiencyChartOptions,
    Omit<LabelMistakesGridOptions, "limit">,
    Omit<LearningCurvesOptions, "head">,
    Omit<GalleryOptions, "limit"> {
  /** rows, queries or pictures that are drawn at all */
  readonly limit?: number;
  /** of attention the number of a head, of comparisons and reports the name of a classifier's */
  readonly head?: number | string;
}

export interface Kind {
  name: string;
  fits(value: object): boolean;
  draw(value: never, options: never): Promise<MimeBundle>;
  /** of figures that the reader and the notebook share */
  view?(value: never, options: never): Displayable<object>;
}

/** From the most to the least particular: the first that fits draws. */
const kinds: readonly Kind[] = [
  { name: "a figure's bundle", fits: (v) => "text/html" in v, draw: async (bundle: MimeBundle) => bundle },
  { name: "a comparison", fits: (v) => "entries" in v && "checks" in v && "models" in v, draw: comparisonReport },
  { name: "a classification report", fits: (v) => "confusion" in v && "calibration" in v, draw: classificationFigure },
  { name: "a trained head", fits: (v) => "classifier" in v && "training" in v, draw: headFigure },
  { name: "likely label mistakes", fits: (v) => "mistakes" in v && "folds" in v, draw: labelMistakesGrid },
  {
    name: "accuracy by labelled pictures, once or several times",
    fits: (v) => allOf(v, (one) => "draws" in one && "points" in one),
    draw: efficiencyChart,
  },
  {
    name: "the notes of a training",
    fits: (v) => "chosen" in v || (Array.isArray(v) && allOf(v, (one) => "epoch" in one && "trainLoss" in one)),
    draw: learningCurves,
  },
  { name: "a patch map", fits: (v) => "maps" in v && "threshold" in v, draw: patchMapFigure, view: patchMapView },
  { name: "a search result", fits: (v) => "queries" in v && Array.isArray(v.queries), draw: retrievalGrid },
  {
    name: "retrieval scores",
    fits: (v) => "meanAveragePrecision" in v && "precision" in v && Array.isArray(v.precision),
    draw: scoreTable,
  },
  { name: "a projection", fits: (v) => "points" in v, draw: embeddingMap, view: embeddingView },
  { name: "token norms", fits: (v) => "outliers" in v && "images" in v && "threshold" in v, draw: tokenNormsFigure },
  {
    name: "attention of one picture or several",
    fits: (v) => allOf(v, isAttention),
    draw: attentionFigure,
  },
  { name: "a match of two pictures", fits: (v) => "pairs" in v && "a" in v && "b" in v, draw: matchFigure },
  {
    name: "features with their pictures",
    fits: (v) => "pictures" in v && Array.isArray(v.pictures),
    draw: ({ pictures }: { pictures: PictureLike[] }, options: GalleryOptions) => gallery(pictures, options),
  },
  {
    name: "a matrix",
    fits: (v) => "data" in v && v.data instanceof Float32Array && "cols" in v && !("dim" in v),
    draw: (matrix: Matrix, options: ToBundleOptions) => matrixTable(matrix, tableOptions(options)),
  },
  {
    name: "a picture",
    fits: isPicture,
    draw: (picture: PictureLike, options: GalleryOptions) => gallery([picture], options),
  },
  {
    name: "a list of pictures or paths",
    fits: (v) => Array.isArray(v) && v.every((item) => typeof item === "string" || isPicture(item)),
    draw: gallery,
  },
];

/** What its cross-validation found. */
async function headFigure(
  { training, test, space }: Pick<HeadReport, "training" | "test" | "space">,
  options: ClassificationFigureOptions,
): Promise<MimeBundle> {
  if (!test)
    throw new ArgumentError("head", "could not be tested, so that there is nothing to show: label more pictures");
  return classificationFigure(test.report, {
    head: training.head,
    ...given({ modelName: space?.modelName }),
    ...options,
  });
}

/** @throws ArgumentError when the result is none of those that can be shown */
export async function kindOf(result: unknown): Promise<{ kind: Kind; value: unknown }> {
  const value: unknown = await result;
  const kind = typeof value === "object" && value !== null ? kinds.find(({ fits }) => fits(value)) : undefined;
  if (kind) return { kind, value };
  throw new ArgumentError(
    "result",
    `is ${describe(value)}; what can be shown is ${kinds.map(({ name }) => name).join(", ")}`,
  );
}

/** Whether one record, or each of a list of some, is of a kind. */
function allOf(value: object, isKind: (one: object) => boolean): boolean {
  const records: readonly unknown[] = Array.isArray(value) ? value : [value];
  return records.length > 0 && records.every((one) => typeof one === "object" && one !== null && isKind(one));
}

/** As `extract` gives it, or as maps. */
function isAttention(value: object): boolean {
  return "heads" in value && ("prefix" in value || "meanMask" in value);
}

function isPicture(value: unknown): boolean {
  if (value instanceof Uint8Array) return true;
  if (typeof value !== "object" || value === null) return false;
  if ("source" in value && "name" in value) return true;
  return "data" in value && value.data instanceof Uint8Array && "width" in value && "height" in value;
}

function tableOptions({ title, caption }: ToBundleOptions): MatrixTableOptions {
  return { ...(title === undefined ? {} : { title }), ...(caption === undefined ? {} : { caption }) };
}

function describe(value: unknown): string {
  if (value === null || value === undefined || typeof value !== "object")
    return `${value === null ? "null" : typeof value}`;
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list of something else than pictures";
  const keys = Object.keys(value).slice(0, 6);
  return keys.length > 0 ? `a record with ${keys.join(", ")}` : "an empty record";
}
