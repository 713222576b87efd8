/** The vectors of a store to and from files of other programs. */
import { createHash } from "node:crypto";
import { basename, dirname, relative, resolve, sep } from "node:path";
import { ofCell } from "../display-hook.js";
import { FormatError, ShapeError, StoreError } from "../errors.js";
import { readVectors } from "../interchange/read-vectors.js";
import type { VectorFormat } from "../interchange/vector-format.js";
import type { VectorTable } from "../interchange/vector-table.js";
import { type WriteVectorsOptions, writeVectors } from "../interchange/write-vectors.js";
import type { Model } from "../model/model.js";
import { type ReadingOptions, spaceOf, type VectorSpace } from "../model/vector-space.js";
import { rowLengths } from "../numeric/normalise.js";
import { openDatabase, type StoreDatabase } from "./database.js";
import { type EmbeddingsOptions, type FeatureStore, featureStore } from "./feature-store.js";
import { addRoot, labelOf, putVector, type Root } from "./images.js";
import { pathBelow } from "./path-below.js";
import { realFolder } from "./real-folder.js";
import { addSpace } from "./spaces.js";
import { becomeWriter, type WriterOptions } from "./writer.js";

export interface ExportOptions extends EmbeddingsOptions, WriteVectorsOptions {
  /** names are paths from this folder on @default whole paths */
  readonly relativeTo?: string;
}

/**
 * Writes the vectors of a store, with paths and labels, for FAISS, NumPy, h5py or pandas.
 *
 * @param path ends in .faiss, .npy, .h5 or .parquet unless `format` says what it is
 * @returns the files that were written: names that do not fit into one go into a .csv beside it
 * @throws StoreError when there are no vectors, or none of the pictures that are meant; FileError when nothing can be written there
 */
export async function exportVectors(
  store: FeatureStore,
  path: string,
  { relativeTo, space, where, signal, ...options }: ExportOptions = {},
): Promise<string[]> {
  const { vectors, pictures, labels } = await store.embeddings({
    ...(space === undefined ? {} : { space }),
    ...(where ? { where } : {}),
    ...(signal ? { signal } : {}),
  });
  if (vectors.rows === 0)
    throw new StoreError(
      store.path,
      "holds no vectors of such pictures: change the conditions, or embed a folder first",
    );
  const names = pictures.map(({ name }) =>
    relativeTo === undefined ? name : relative(resolve(relativeTo), name).split(sep).join("/"),
  );
  return writeVectors(path, { vectors, names, labels }, options);
}

export interface ImportOptions extends WriterOptions, ReadingOptions {
  /** the store's file, made where there is none */
  readonly store: string;
  /** what the file is @default by its name */
  readonly format?: VectorFormat;
  /** the model that made the vectors, so that pictures can be compared with them @default none: only vectors can */
  readonly model?: Model;
  /** folder that the names start from @default the file's own */
  readonly root?: string;
}

/** The store, with how many vectors came into it. */
export interface ImportedStore extends FeatureStore {
  readonly imported: number;
}

/** vectors in one transaction */
const rowsAtOnce = 1000;

/**
 * Takes vectors that another program made into a store. Pictures that it knows by their path get these vectors beside
 * those of other models; a folder that is embedded later knows the others by their path.
 *
 * @throws FileError, FormatError when the file cannot be read, or names a picture twice or outside of `root`; ShapeError
 *   when the model makes vectors of another size; NotFiniteError naming the first row with NaN; StoreBusyError, StoreError for the store
 */
export async function importVectors(path: string, importOptions: ImportOptions): Promise<ImportedStore> {
  const options = ofCell(importOptions);
  const { format, signal } = options;
  const table = await readVectors(path, { ...(format ? { format } : {}), ...(signal ? { signal } : {}) });
  checkDirections(path, table);
  const space = await spaceOfFile(path, table, options);
  const database = openDatabase(options.store, { create: true });
  try {
    const writer = await becomeWriter(database, options);
    try {
      const given = resolve(options.root ?? dirname(path));
      const folder = realFolder(given);
      const { root, paths } = writer.transaction(() => {
        const root = addRoot(database, folder);
        return { root, paths: pathsOf(path, table, { root, given, folder }) };
      });
      for (let start = 0; start < paths.length; start += rowsAtOnce) {
        signal?.throwIfAborted();
        const end = Math.min(paths.length, start + rowsAtOnce);
        writer.transaction(() => putRows(database, { space, root, table, paths }, start, end));
      }
    } finally {
      writer.end();
    }
    return { ...featureStore(database), imported: table.vectors.rows };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** A vector of zeros has no direction, and so no similarity to any. */
function checkDirections(path: string, { vectors, names }: VectorTable): void {
  const row = rowLengths(vectors).indexOf(0);
  if (row < 0) return;
  const name = names ? ` (${names[row]})` : "";
  throw new FormatError(
    path,
    `holds a vector of zeros in row ${row}${name}, which cannot be compared: remove that row`,
  );
}

async function spaceOfFile(
  path: string,
  { vectors }: VectorTable,
  { model, size, fit, pooling, background }: ImportOptions,
): Promise<VectorSpace> {
  if (!model) {
    const { buffer, byteOffset, byteLength } = vectors.data;
    const hash = createHash("sha256").update(`${vectors.rows} x ${vectors.cols} `);
    return {
      fingerprint: hash.update(new Uint8Array(buffer, byteOffset, byteLength)).digest("hex"),
      modelName: basename(path),
    };
  }
  if (pooling === undefined && model.dim !== vectors.cols)
    throw new ShapeError(
      "model",
      `gives vectors of ${model.dim} numbers where ${path} has ${vectors.cols}: name the model that made them`,
    );
  return spaceOf(model, { size, fit, pooling, background });
}

/** Below the root, parts joined by "/", of names from a folder in it on; rows without a name are counted. */
function pathsOf(
  file: string,
  { vectors, names }: VectorTable,
  { root, given, folder }: { root: Root; given: string; folder: string },
): string[] {
  const digits = String(vectors.rows - 1).length;
  if (!names) return Array.from({ length: vectors.rows }, (_, i) => `row ${String(i).padStart(digits, "0")}`);
  const seen = new Set<string>();
  return names.map((name, i) => {
    // whole names may go through the same links as the folder's own
    const path = pathBelow(root.path, resolve(folder, pathBelow(given, resolve(given, name)) ?? name));
    if (path === undefined)
      throw new FormatError(
        file,
        `has the name "${name}" in row ${i}, which lies outside ${folder}: give the folder that all its pictures lie in as root`,
      );
    if (path === "" || seen.has(path))
      throw new FormatError(
        file,
        `has the name "${name}" ${path === "" ? "which is none" : "more than once"}, in row ${i}: give each row the path of its picture`,
      );
    seen.add(path);
    return path;
  });
}

interface ImportedRows {
  space: VectorSpace;
  root: Root;
  table: VectorTable;
  paths: readonly string[];
}

function putRows(
  database: StoreDatabase,
  { space, root, table, paths }: ImportedRows,
  start: number,
  end: number,
): void {
  const { vectors, labels } = table;
  const { id } = addSpace(database, space, vectors.cols);
  for (let i = start; i < end; i++) {
    const known = database.get("SELECT id FROM images WHERE root = ? AND path = ?", root.id, paths[i]);
    const image = known
      ? Number(known[0])
      : database.run(
          "INSERT INTO images (root, path, label, state) VALUES (?, ?, ?, 'here')",
          ...[root.id, paths[i], labels?.[i] ?? labelOf(root.path, paths[i])],
        );
    putVector(database, id, image, vectors.data.subarray(i * vectors.cols, (i + 1) * vectors.cols));
  }
}
