/** What `import … from "patchlab"` offers. */
export { type ClassLabels, classLabels } from "./core/classify/class-labels.js";
export {
  type CentroidClassifier,
  type Classifier,
  type KnnClassifier,
  type LogisticClassifier,
  type MlpClassifier,
  type Parameters,
  trainedParameters,
} from "./core/classify/classifier.js";
export type {
  Head,
  LabelledRows,
  LearningPoint,
  TrainedHead,
  TrainingNotes,
  TrainingSet,
  TrainOptions,
} from "./core/classify/head.js";
export { type HeadToSave, loadHead, saveHead } from "./core/classify/head-file.js";
export { centroidHead, type HeadName, headNamed, headNames, mlpHead } from "./core/classify/heads.js";
export {
  type KnnOptions,
  type KnnSweepEntry,
  type KnnSweepOptions,
  knnSweep,
  trainKnn,
} from "./core/classify/knn-classifier.js";
export { knnHead } from "./core/classify/knn-head.js";
export { logisticHead } from "./core/classify/logistic-head.js";
export { type LogisticOptions, trainLogistic } from "./core/classify/logistic-regression.js";
export {
  defaultCs,
  type LogisticSweep,
  type SweepOptions,
  type SweepPoint,
  sweepLogistic,
} from "./core/classify/logistic-sweep.js";
export { type MlpOptions, trainMlp } from "./core/classify/mlp.js";
export { type CentroidOptions, trainCentroid } from "./core/classify/nearest-centroid.js";
export { type PredictOptions, predict } from "./core/classify/predict.js";
export { confidences, type Predictions } from "./core/classify/predictions.js";
export type { SavedHead } from "./core/classify/saved-head.js";
export { type FeatureScaling, fitScaling, type ScalingRule, scaleFeatures } from "./core/classify/scaling.js";
export {
  type ClassifiedPicture,
  type ClassifiedPictures,
  type ClassifyPicturesOptions,
  classifyPictures,
} from "./core/collection/classify-pictures.js";
export {
  type EmbeddedStore,
  type Embeddings,
  type EmbedFolderOptions,
  type EmbedIntoStore,
  embedFolder,
} from "./core/collection/embed-folder.js";
export type { EmbedReport } from "./core/collection/embed-into-store.js";
export { type MatchedLabels, type MatchLabelsOptions, matchLabels } from "./core/collection/match-labels.js";
export { writePredictions } from "./core/collection/predictions-csv.js";
export { type HeadReport, type HeadTest, type TrainHeadOptions, trainHead } from "./core/collection/train-head.js";
export { type CompareOptions, compare } from "./core/compare/compare.js";
export type {
  CheckName,
  ComparedModel,
  ComparedPair,
  Comparison,
  ComparisonCheck,
  ComparisonEntry,
  ConfidentMistake,
} from "./core/compare/comparison.js";
export type { Dataset } from "./core/compare/dataset.js";
export type { Participant } from "./core/compare/participant.js";
export * from "./core/errors.js";
export { type AlignmentOptions, alignment } from "./core/evaluate/alignment.js";
export {
  type ClassificationReport,
  type ClassificationReportOptions,
  type ClassScores,
  classificationReport,
} from "./core/evaluate/classification-report.js";
export { type CrossValidateOptions, type CrossValidation, crossValidate } from "./core/evaluate/cross-validate.js";
export type { Interval } from "./core/evaluate/interval.js";
export { koLeo } from "./core/evaluate/koleo.js";
export {
  type EfficiencyPoint,
  type LabelEfficiency,
  type LabelEfficiencyOptions,
  labelEfficiency,
} from "./core/evaluate/label-efficiency.js";
export {
  type FindLabelMistakesOptions,
  findLabelMistakes,
  type LabelledPictures,
  type LabelMistake,
  type LabelMistakes,
} from "./core/evaluate/label-mistakes.js";
export { leakReport } from "./core/evaluate/leak-report.js";
export { type McnemarOptions, mcnemar, type PairedTest } from "./core/evaluate/mcnemar.js";
export {
  type LeakReport,
  type SimilarityGroups,
  type SimilarityOptions,
  type SimilarPair,
  similarityGroups,
} from "./core/evaluate/near-duplicates.js";
export { rankMe } from "./core/evaluate/rankme.js";
export type { Split } from "./core/evaluate/split.js";
export { type SplitSummary, splitSummary } from "./core/evaluate/split-summary.js";
export { type StratifiedFoldsOptions, stratifiedFolds } from "./core/evaluate/stratified-folds.js";
export { type StratifiedSplitOptions, stratifiedSplit } from "./core/evaluate/stratified-split.js";
export { type UniformityOptions, uniformity } from "./core/evaluate/uniformity.js";
export {
  type AttentionMap,
  type AttentionMapOptions,
  type AttentionToken,
  attentionMap,
} from "./core/features/attention.js";
export type { ColourRule, ColourScale } from "./core/features/colours.js";
export type { ForegroundRule, ScoreRange, ThresholdRule } from "./core/features/foreground.js";
export type { Histogram } from "./core/features/histogram.js";
export {
  type MatchedPatches,
  type MatchOptions,
  matchPatches,
  matchRegion,
  type PatchMatch,
  type PatchPair,
  type RegionMatch,
} from "./core/features/matching.js";
export { otsuThreshold } from "./core/features/otsu.js";
export { type PatchComponentMap, type PatchMap, type PatchMapOptions, patchMap } from "./core/features/patch-map.js";
export { type Recipe, recipeFromJson, recipeToJson } from "./core/features/recipe.js";
export { loadRecipe, saveRecipe } from "./core/features/recipe-file.js";
export { regionPatches } from "./core/features/region.js";
export { type ImageNorms, type TokenNorms, type TokenNormsOptions, tokenNorms } from "./core/features/token-norms.js";
export { type DecodedImage, type DecodeOptions, decodeImage } from "./core/image/decode.js";
export { folderLabel, type ListOptions, listImages } from "./core/image/list.js";
export { type PreparedBatch, type PreprocessOptions, preprocess } from "./core/image/preprocess.js";
export type { Interpolation } from "./core/image/resample.js";
export { type ResizeOptions, resize, type Size } from "./core/image/resize.js";
export type { Fit, ResizeRule, Transform, Triple } from "./core/image/transform.js";
export { type FaissMetric, readFaiss } from "./core/interchange/faiss.js";
export { type LabelTable, readLabelTable } from "./core/interchange/label-table.js";
export { type ReadVectorsOptions, readVectors } from "./core/interchange/read-vectors.js";
export { type VectorFormat, vectorFormatOf, vectorFormats } from "./core/interchange/vector-format.js";
export type { VectorTable } from "./core/interchange/vector-table.js";
export { type WriteVectorsOptions, writeVectors } from "./core/interchange/write-vectors.js";
export { type CatalogueEntry, catalogue } from "./core/model/catalogue.js";
export { type LoadOptions, loadModel } from "./core/model/load.js";
export type {
  Attention,
  AttentionRequest,
  ExtractOptions,
  Features,
  ForwardOptions,
  LayerOutput,
  Model,
  ModelOutput,
  NetworkOptions,
  OwnNormalisation,
  PixelTensor,
  TokenPlace,
} from "./core/model/model.js";
export { type ParityRow, parityTolerance, parityWithPyTorch } from "./core/model/parity.js";
export { type PoolableTokens, type Pooling, type PoolingName, poolingNames, poolTokens } from "./core/model/pooling.js";
export type { Paper, PublishedAccuracy } from "./core/model/published-models.js";
export { type PulledFile, type PulledModel, type PullOptions, pullModel } from "./core/model/pull-model.js";
export { type Reading, type ReadingOptions, spaceOf, type VectorSpace } from "./core/model/vector-space.js";
export { type Matrix, matrix, type Patches, row } from "./core/numeric/matrix.js";
export {
  type CosineNeighbours,
  type Metric,
  type Neighbours,
  type NeighboursOptions,
  neighbours,
} from "./core/numeric/neighbours.js";
export { normaliseRows } from "./core/numeric/normalise.js";
export { type Pca, type PcaOptions, pca, projectPca } from "./core/numeric/pca.js";
export { fromMlPca, type MlPcaModel, toMlPca } from "./core/numeric/pca-interchange.js";
export type { PcaJson } from "./core/numeric/pca-json.js";
export type { AxesOptions, ProjectOptions } from "./core/numeric/principal.js";
export { type Random, seededRandom } from "./core/numeric/random.js";
export type { FailedPicture, ImageSource, Picture, RawImage, Region } from "./core/picture.js";
export type { UmapSettings } from "./core/projection/settings.js";
export {
  type Trustworthiness,
  type TrustworthinessOptions,
  trustworthiness,
} from "./core/projection/trustworthiness.js";
export { type LabelledVectors, type Projection, type UmapOptions, umap } from "./core/projection/umap.js";
export {
  type EvaluateRetrievalOptions,
  evaluateRetrieval,
  type LabelScores,
  type QueryScores,
  type RetrievalScores,
} from "./core/retrieval/evaluate.js";
export { type ExactIndex, type ExactIndexOptions, exactIndex } from "./core/retrieval/exact.js";
export { type HnswIndexOptions, hnswIndex } from "./core/retrieval/hnsw-index.js";
export { type HnswSize, hnswBytes, type IvfPqSize, ivfPqBytes } from "./core/retrieval/index-memory.js";
export {
  type AveragePrecisionOptions,
  averagePrecision,
  type MeanAveragePrecision,
  meanAveragePrecision,
  precisionAtK,
  type Relevance,
  recallAtK,
  revisitedAveragePrecision,
} from "./core/retrieval/metrics.js";
export type { Example, ExamplesQuery, Query, RegionQuery } from "./core/retrieval/query.js";
export { percentileOf, type RandomPairsOptions, randomPairs } from "./core/retrieval/random-pairs.js";
export {
  evaluateRevisited,
  type RevisitedQuery,
  type RevisitedScores,
  type RevisitedSetup,
} from "./core/retrieval/revisited.js";
export { type RocchioOptions, rocchio } from "./core/retrieval/rocchio.js";
export type { SearchIndex, SearchOptions } from "./core/retrieval/search-index.js";
export type { Hit, SearchedQuery, SearchResult } from "./core/retrieval/search-result.js";
export type { SearcherKind } from "./core/retrieval/searcher.js";
export type { Tensor, TensorData } from "./core/runtime/tensor.js";
export {
  type ExportOptions,
  exportVectors,
  type ImportedStore,
  type ImportOptions,
  importVectors,
} from "./core/store/exchange.js";
export {
  type EmbeddingsOptions,
  type FeatureStore,
  openStore,
  type SpaceInfo,
  type StoredEmbeddings,
  type StoreInfo,
} from "./core/store/feature-store.js";
export type { StoreIndex, StoreIndexOptions, StoreSearchOptions } from "./core/store/store-index.js";
export type { Where } from "./core/store/where.js";
export * from "./widgets/index.js";
