/** Feature stores without a network: a model that answers from a picture's bytes, and stores of made-up vectors. */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ImageError } from "#dist/core/errors.js";
import { imagenetTransform } from "#dist/core/image/transform.js";
import type { Features, Model, NamedImage, StreamedImage, StreamOptions } from "#dist/core/model/model.js";
import { spaceOf } from "#dist/core/model/vector-space.js";
import { type Matrix, matrix, row } from "#dist/core/numeric/matrix.js";
import type { FailedPicture, ImageSource, Picture } from "#dist/core/picture.js";
import { openDatabase, type StoreDatabase } from "#dist/core/store/database.js";
import { type FeatureStore, featureStore } from "#dist/core/store/feature-store.js";
import { addRoot, putImage, putVector } from "#dist/core/store/images.js";
import { addSpace } from "#dist/core/store/spaces.js";

export interface FakeModelOptions {
  readonly name?: string;
  readonly dim?: number;
  /** stands for the weights @default the name */
  readonly weights?: string;
  /** what it makes of a picture's bytes @default `vectorOf` */
  readonly vector?: (bytes: Uint8Array) => Float32Array;
  /** called with the name of each picture that the model is shown, before it is shown the next */
  readonly onPicture?: (name: string) => void;
}

export interface FakeModel extends Model {
  /** names of the pictures that it was shown, in their order */
  readonly shown: string[];
}

/** Its vectors depend on a picture's bytes and its weights alone. It cannot read bytes that begin with "bad". */
export function fakeModel({ name = "fake", dim = 8, weights = name, ...options }: FakeModelOptions = {}): FakeModel {
  const { onPicture, vector = (bytes) => vectorOf(bytes, weights, dim) } = options;
  const shown: string[] = [];
  async function* stream(
    images: Iterable<StreamedImage> | AsyncIterable<StreamedImage>,
    { batchSize = 4, signal }: StreamOptions = {},
  ): AsyncGenerator<Features, void, void> {
    let batch: NamedImage[] = [];
    for await (const image of images) {
      signal?.throwIfAborted();
      const named = image as NamedImage;
      shown.push(named.name);
      onPicture?.(named.name);
      batch.push(named);
      if (batch.length < batchSize) continue;
      yield featuresOf(batch, vector, dim);
      batch = [];
    }
    if (batch.length > 0) yield featuresOf(batch, vector, dim);
  }
  const model: Partial<FakeModel> = {
    ...{ name, source: `models/${name}`, family: "fake", dim, patchDim: dim, patchSize: 14 },
    transform: imagenetTransform,
    shown,
    stream,
    extract: async (images) => {
      const named = images.map((source) => ({ name: typeof source === "string" ? source : "bytes", source }));
      shown.push(...named.map((one) => one.name));
      return featuresOf(named, vector, dim);
    },
    fingerprint: async () => createHash("sha256").update(weights).digest("hex"),
    close: async () => {},
  };
  return model as FakeModel;
}

function featuresOf(images: readonly NamedImage[], vector: (bytes: Uint8Array) => Float32Array, dim: number): Features {
  const pictures: Picture[] = [];
  const failed: FailedPicture[] = [];
  const vectors: Float32Array[] = [];
  for (const [index, { name, source }] of images.entries()) {
    const bytes = bytesOf(source);
    if (Buffer.from(bytes).toString("latin1", 0, 3) === "bad") {
      failed.push({ index, name, error: new ImageError(name, "is no picture") });
      continue;
    }
    pictures.push({ name, source, width: 8, height: 6, view: { left: 0, top: 0, width: 8, height: 6 } });
    vectors.push(vector(bytes));
  }
  const cls = matrix(Float32Array.from(vectors.flatMap((vector) => [...vector])), vectors.length, dim);
  return { cls, patches: [], pictures, failed, inputSize: [224, 224] };
}

function bytesOf(source: ImageSource): Uint8Array {
  if (typeof source === "string") return readFileSync(source);
  return source instanceof Uint8Array ? source : source.data;
}

/** What a fake model of these weights, its name unless told otherwise, makes of bytes. */
export function vectorOf(bytes: string | Uint8Array, weights = "fake", dim = 8): Float32Array {
  const hash = createHash("sha512").update(weights).update(bytes).digest();
  return Float32Array.from({ length: dim }, (_, i) => hash[i % 64] - 127.5);
}

/** Writes files below a folder, by their path, with one time of change for all. */
export function writeFiles(root: string, files: Readonly<Record<string, string | Uint8Array>>, seconds = 1e9): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
    utimesSync(join(root, path), seconds, seconds);
  }
}

/** Each picture's path below a folder, with its vector, of those that a store finds. */
export async function foundIn(store: FeatureStore, root: string, space?: string): Promise<Map<string, Float32Array>> {
  const { vectors, pictures } = await store.embeddings(space === undefined ? {} : { space });
  return new Map(pictures.map(({ name }, i) => [name.slice(root.length + 1), row(vectors, i)]));
}

export interface FillOptions {
  /** path below the root of row i @default "0/0.jpg", of which 100 lie in a folder */
  readonly path?: (i: number) => string;
  readonly root?: string;
  readonly model?: Model;
  /** size of picture i in pixels, its bytes, its time in milliseconds @default 640 x 480, i + 1, i seconds */
  readonly file?: (i: number) => { width?: number; height?: number; bytes?: number; modified?: number };
}

/** A store of vectors that no picture was read for: 100,000 x 384 take some seconds. */
export async function storeOf(file: string, vectors: Matrix, options: FillOptions = {}): Promise<FeatureStore> {
  const database = openDatabase(file, { create: true });
  await fill(database, vectors, options);
  return featureStore(database);
}

async function fill(database: StoreDatabase, vectors: Matrix, options: FillOptions): Promise<void> {
  const { path = (i) => `${Math.floor(i / 100)}/${i}.jpg`, root = "/pictures" } = options;
  const space = await spaceOf(options.model ?? fakeModel({ dim: vectors.cols }));
  database.transaction(() => {
    const folder = addRoot(database, root);
    const { id } = addSpace(database, space, vectors.cols);
    for (let i = 0; i < vectors.rows; i++) {
      const { width = 640, height = 480, bytes = i + 1, modified = i * 1000 } = options.file?.(i) ?? {};
      const hash = createHash("sha256").update(String(i)).digest();
      const image = putImage(database, folder, { path: path(i), bytes, modified, hash }, { width, height });
      putVector(database, id, image, row(vectors, i));
    }
  });
}
