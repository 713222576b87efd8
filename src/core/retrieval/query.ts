/** What can be asked of an index, told apart and turned into vectors. */
import { ArgumentError, ShapeError } from "../errors.js";
import { given } from "../given.js";
import type { ExtractOptions, Model } from "../model/model.js";
import { concatenated } from "../numeric/concatenated.js";
import { type Matrix, matrix } from "../numeric/matrix.js";
import type { ImageSource, Picture, Region } from "../picture.js";
import { rocchio } from "./rocchio.js";
import type { VectorSource } from "./searcher.js";

/** A picture (path, encoded bytes or pixels), a vector, several vectors, or a row of the index itself. */
export type Example = ImageSource | Float32Array | Matrix | { readonly row: number };

/** More like some, less like others. */
export interface ExamplesQuery {
  readonly positives: readonly Example[];
  readonly negatives?: readonly Example[];
  /** weights of the positives' mean and of the negatives' @default 0.75 and 0.15, as `rocchio` */
  readonly beta?: number;
  readonly gamma?: number;
}

/** A part of a picture: what it shows is looked for in the others, patch by patch. */
export interface RegionQuery {
  readonly picture: ImageSource | { readonly row: number };
  /** a box in pixels of the upright picture */
  readonly region: Region;
  /** pictures that are compared patch by patch: those most similar to the box alone @default 100, or 4k if that is more */
  readonly candidates?: number;
}

/** One thing to look for, or several at once. */
export type Query = Example | ExamplesQuery | RegionQuery | readonly (Example | ExamplesQuery | RegionQuery)[];

/** One query, as an index looks for it. */
export interface AskedQuery {
  vector: Float32Array;
  picture?: Picture;
  /** the row that was asked for, if it was one */
  row?: number;
  /** rows that are not to be found: those that the query is made of */
  own: readonly number[];
}

/** How an index turns pictures into vectors, and knows those that it holds. */
export interface PictureReader
  extends Readonly<Pick<ExtractOptions, "size" | "fit" | "pooling" | "background" | "signal">> {
  readonly model?: Model;
  /** the row of a picture that the index holds as it is on disk */
  readonly rowOf?: (path: string) => number | undefined;
}

export function isRegionQuery(query: unknown): query is RegionQuery {
  return isRecordWith(query, "region");
}

/**
 * @throws ShapeError when vectors have another dimension than the index; ArgumentError when a row is not in it, a
 *   picture comes without a model, or the query is nothing of the kind; what `rocchio` throws
 */
export async function askedQueries(
  query: Example | ExamplesQuery,
  source: VectorSource,
  reader: PictureReader,
): Promise<AskedQuery[]> {
  if (!isRecordWith(query, "positives")) return exampleQueries(query as Example, source, reader);
  const { positives, negatives, beta, gamma } = query as ExamplesQuery;
  const [wanted, unwanted] = [
    await examples("positives", positives, source, reader),
    await examples("negatives", negatives ?? [], source, reader),
  ];
  const vector = rocchio({
    positives: stacked(wanted, source.cols),
    ...(unwanted.length > 0 ? { negatives: stacked(unwanted, source.cols) } : {}),
    ...(beta === undefined ? {} : { beta }),
    ...(gamma === undefined ? {} : { gamma }),
  });
  return [{ vector, own: [...wanted, ...unwanted].flatMap(({ own }) => own) }];
}

async function examples(
  argument: string,
  list: readonly Example[],
  source: VectorSource,
  reader: PictureReader,
): Promise<AskedQuery[]> {
  if (!Array.isArray(list)) throw new ArgumentError(argument, "must be a list of pictures, vectors or rows");
  const asked: AskedQuery[] = [];
  for (const example of list) asked.push(...(await exampleQueries(example, source, reader)));
  return asked;
}

function stacked(asked: readonly AskedQuery[], cols: number): Matrix {
  return matrix(concatenated(asked.map(({ vector }) => vector)), asked.length, cols);
}

async function exampleQueries(query: Example, source: VectorSource, reader: PictureReader): Promise<AskedQuery[]> {
  if (query instanceof Float32Array) return [{ vector: ofDimension(query, query.length, source), own: [] }];
  if (isRecordWith(query, "rows")) return matrixQueries(query as Matrix, source);
  if (isRecordWith(query, "row")) return [rowQuery((query as { row: number }).row, source)];
  if (isPicture(query)) return [await pictureQuery(query as ImageSource, source, reader)];
  throw new ArgumentError(
    "query",
    "is none of the kinds that can be searched: give a path, an image's bytes or pixels, a Float32Array, a matrix, { row }, { positives, negatives } or { picture, region }",
  );
}

function isPicture(query: unknown): boolean {
  return typeof query === "string" || query instanceof Uint8Array || isRecordWith(query, "width");
}

function isRecordWith(query: unknown, key: string): boolean {
  return typeof query === "object" && query !== null && !ArrayBuffer.isView(query) && key in query;
}

function ofDimension(vector: Float32Array, cols: number, source: VectorSource): Float32Array {
  if (cols !== source.cols)
    throw new ShapeError(
      "query",
      `has ${cols} numbers a vector where the index has ${source.cols}: use the model that the index was made with`,
    );
  return vector;
}

function matrixQueries({ data, rows, cols }: Matrix, source: VectorSource): AskedQuery[] {
  matrix(data, rows, cols);
  ofDimension(data, cols, source);
  return Array.from({ length: rows }, (_, i) => ({ vector: data.subarray(i * cols, (i + 1) * cols), own: [] }));
}

/** @throws ArgumentError when there is no such row */
export function checkRow(row: number, source: VectorSource): void {
  if (!Number.isInteger(row) || row < 0 || row >= source.rows)
    throw new ArgumentError("query.row", `is ${row}: the index has the rows 0 to ${source.rows - 1}`);
}

function rowQuery(row: number, source: VectorSource): AskedQuery {
  checkRow(row, source);
  return { vector: source.vector(row), row, own: [row] };
}

async function pictureQuery(image: ImageSource, source: VectorSource, reader: PictureReader): Promise<AskedQuery> {
  const known = typeof image === "string" ? reader.rowOf?.(image) : undefined;
  if (known !== undefined) return rowQuery(known, source);
  const { model, ...reading } = readerOf(reader);
  const { cls, pooled = cls, pictures } = await model.extract([image], { ...reading, clsOnly: true });
  return { vector: ofDimension(pooled.data, pooled.cols, source), picture: pictures[0], own: [] };
}

/** The model, with the options that it reads pictures with. @throws ArgumentError when there is none */
export function readerOf(reader: PictureReader): ExtractOptions & { model: Model } {
  const { model, size, fit, pooling, background, signal } = reader;
  if (!model)
    throw new ArgumentError(
      "query",
      "is a picture, and the index has no model to read it: pass `model` when you make the index, or search by vector",
    );
  return { model, ...given({ size, fit, pooling, background, signal }) };
}
