/** Vectors in memory with what an index knows of them: the options and the record's entries together. */
import { ShapeError } from "../errors.js";
import type { ExtractOptions, Model } from "../model/model.js";
import { type LabelledVectors, labelledVectors } from "../numeric/labelled-vectors.js";
import { checkOnePerRow, type Matrix } from "../numeric/matrix.js";
import { checkRankable } from "../numeric/ranking.js";
import type { Picture } from "../picture.js";
import type { IndexedRows } from "./search-index.js";

export interface IndexOptions {
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
  /** threads @default the machine's physical cores */
  readonly threads?: number;
}

/**
 * @throws ShapeError when there are no vectors or more than can be ranked, or pictures, labels or the model do not fit
 *   them
 */
export function indexedVectors(
  vectors: Matrix | LabelledVectors,
  options: IndexOptions,
): { vectors: Matrix; rows: IndexedRows } {
  const known = labelledVectors(vectors, "vectors");
  const { pictures = known.pictures, labels = known.labels, size = known.size, fit = known.fit, model } = options;
  // a record may come from a file: `extract` checks the name
  const pooling = options.pooling ?? (known.pooling as ExtractOptions["pooling"]);
  checkRankable(known.vectors.rows, "vectors");
  checkOnePerRow({ pictures, labels }, known.vectors.rows, "vectors");
  if (model && pooling === undefined && model.dim !== known.vectors.cols)
    throw new ShapeError(
      "model",
      `gives vectors of ${model.dim} numbers where the index has ${known.vectors.cols}: use the model that made them`,
    );
  const rows: IndexedRows = {
    ...{ model, size, fit, pooling, modelName: model?.name ?? known.modelName },
    inputSize: typeof size === "number" ? [size, size] : size,
    describe: (row) => ({ ...(pictures ? { picture: pictures[row] } : {}), ...(labels ? { label: labels[row] } : {}) }),
  };
  return { vectors: known.vectors, rows };
}
