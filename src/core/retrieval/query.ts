/** What can be asked of an index, told apart and turned into vectors. */
import { ArgumentError, ShapeError } from "../errors.js";
import type { ExtractOptions, Model } from "../model/model.js";
import { type Matrix, matrix, row } from "../numeric/matrix.js";
import type { ImageSource, Picture } from "../picture.js";

/** A picture (path, encoded bytes or pixels), a vector, several vectors, or a row of the index itself. */
export type Query = ImageSource | Float32Array | Matrix | { readonly row: number };

export interface QueryVectors {
  vectors: Matrix;
  picture?: Picture;
  row?: number;
}

/** How an index turns pictures into vectors. */
export interface PictureReader {
  readonly model?: Model;
  readonly size?: ExtractOptions["size"];
  readonly fit?: ExtractOptions["fit"];
  readonly pooling?: ExtractOptions["pooling"];
}

/**
 * @throws ShapeError when the vectors have another dimension than the index; ArgumentError when a row is not in it, a
 *   picture comes without a model, or the query is nothing of the kind
 */
export async function queryVectors(
  query: Query,
  base: Matrix,
  reader: PictureReader,
  signal?: AbortSignal,
): Promise<QueryVectors> {
  if (query instanceof Float32Array) return { vectors: ofDimension(matrix(query, 1, query.length), base) };
  if (isRecordWith(query, "rows")) return { vectors: ofDimension(query as Matrix, base) };
  if (isRecordWith(query, "row")) return rowVector((query as { row: number }).row, base);
  if (typeof query === "string" || query instanceof Uint8Array || isRecordWith(query, "width"))
    return pictureVector(query as ImageSource, base, reader, signal);
  throw new ArgumentError(
    "query",
    "is none of the kinds that can be searched: give a path, an image's bytes or pixels, a Float32Array, a matrix or { row }",
  );
}

function isRecordWith(query: unknown, key: string): boolean {
  return typeof query === "object" && query !== null && !ArrayBuffer.isView(query) && key in query;
}

function ofDimension(vectors: Matrix, base: Matrix): Matrix {
  if (vectors.cols !== base.cols)
    throw new ShapeError(
      "query",
      `has ${vectors.cols} numbers a vector where the index has ${base.cols}: use the model that the index was made with`,
    );
  return vectors;
}

function rowVector(index: number, base: Matrix): QueryVectors {
  if (!Number.isInteger(index) || index < 0 || index >= base.rows)
    throw new ArgumentError("query.row", `is ${index}: the index has the rows 0 to ${base.rows - 1}`);
  return { vectors: matrix(row(base, index), 1, base.cols), row: index };
}

async function pictureVector(
  source: ImageSource,
  base: Matrix,
  { model, size, fit, pooling }: PictureReader,
  signal?: AbortSignal,
): Promise<QueryVectors> {
  if (!model)
    throw new ArgumentError(
      "query",
      "is a picture, and the index has no model to read it: pass `model` when you make the index, or search by vector",
    );
  const {
    cls,
    pooled = cls,
    pictures,
  } = await model.extract([source], {
    clsOnly: true,
    ...(size === undefined ? {} : { size }),
    ...(fit === undefined ? {} : { fit }),
    ...(pooling === undefined ? {} : { pooling }),
    ...(signal === undefined ? {} : { signal }),
  });
  return { vectors: ofDimension(pooled, base), picture: pictures[0] };
}
