export { type AttentionFigureOptions, type AttentionLike, attentionFigure } from "./attention-figure.js";
export type { FigureOptions, MimeBundle } from "./bundle.js";
export type { ChartAxis, ChartPoint, ChartSeries } from "./chart-frame.js";
export { type ClassificationFigureOptions, classificationFigure } from "./classification-figure.js";
export { type ClassificationFindings, classificationPage, classificationSections } from "./classification-page.js";
export { comparisonFigure } from "./comparison-figure.js";
export { type ComparisonPageOptions, comparisonPage, comparisonSections } from "./comparison-page.js";
export { type ComparisonReportOptions, comparisonReport } from "./comparison-report.js";
export { type ConfidentMistakesOptions, confidentMistakes } from "./confident-mistakes.js";
export { type EfficiencyChartOptions, efficiencyChart } from "./efficiency-chart.js";
export { type EmbeddingMapOptions, embeddingMap, type ProjectionLike } from "./embedding-map.js";
export { type GalleryOptions, gallery } from "./gallery.js";
export type { Showable, ToBundleOptions } from "./kinds.js";
export { type LabelMistakesGridOptions, labelMistakesGrid } from "./label-mistakes-grid.js";
export { type LearningCurvesOptions, learningCurves } from "./learning-curves.js";
export { type LineChartOptions, lineChart } from "./line-chart.js";
export type { EmbeddingMapView, SelectedPoint } from "./live/embedding-view.js";
export type { FigureView } from "./live/figure-view.js";
export type { PatchMapView } from "./live/patch-map-view.js";
export { type MatchedLike, type MatchFigureOptions, type MatchLike, matchFigure } from "./match-figure.js";
export { type OnlyOneRightOptions, onlyOneRight } from "./only-one-right.js";
export { type PageContent, type PageSection, page } from "./page.js";
export {
  type PatchMapEntry,
  type PatchMapFigureOptions,
  type PatchMapLike,
  patchMapFigure,
} from "./patch-map-figure.js";
export {
  type HitLike,
  type QueryLike,
  type RetrievalGridOptions,
  retrievalGrid,
  type SearchResultLike,
} from "./retrieval-grid.js";
export { type SaveOptions, saveHtml } from "./save.js";
export { type ScoreTableOptions, scoreTable } from "./score-table.js";
export { type ShowOptions, show, toBundle } from "./show.js";
export { type MatrixTableOptions, matrixTable } from "./table.js";
export type { PictureLike } from "./thumbnail.js";
export { type TokenNormsFigureOptions, type TokenNormsLike, tokenNormsFigure } from "./token-norms-figure.js";
export {
  type Widget,
  type WidgetEvents,
  type WidgetOptions,
  type WidgetState,
  type WidgetValue,
  widget,
} from "./widget.js";
