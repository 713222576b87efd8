/** Writes vectors into files that other programs read. */
import { checkChoice } from "../check-choice.js";
import { ArgumentError } from "../errors.js";
import { checkCompanion, writeCompanion } from "./companion.js";
import { type FaissMetric, faissMetrics, writeFaiss } from "./faiss.js";
import { writeHdf5 } from "./hdf5.js";
import { writeNpy } from "./npy.js";
import { writeParquet } from "./parquet-write.js";
import { chosenFormat, type VectorFormat } from "./vector-format.js";
import { checkTable, type VectorTable } from "./vector-table.js";

export interface WriteVectorsOptions {
  /** @default what the name's extension says */
  readonly format?: VectorFormat;
  /** how FAISS will compare the vectors, for `faiss` only @default "ip" */
  readonly metric?: FaissMetric;
}

/**
 * Writes vectors with their names and labels, the whole file or none. The names and labels of `faiss` and `npy` go into
 * a CSV file beside it, `x.csv` for `x.npy`.
 *
 * - `faiss`: an IndexFlatIP or IndexFlatL2 with FAISS' own bytes
 * - `npy`: float32 with the bytes of numpy.save
 * - `hdf5`: `image_features` [n, d] as float64, `image_filenames` [n] and `image_labels` [n] as texts
 * - `parquet`: `name`, `label`, and `vector` as lists of float32
 *
 * @returns the files written
 * @throws ArgumentError when the name tells no format, or a metric is given that the format does not keep
 * @throws ShapeError when there are no vectors, or not one name and label a row; NotFiniteError naming the first row
 *   that holds NaN or an infinity
 * @throws FileError when a file cannot be written, or a CSV file of another kind lies where the names would go
 */
export async function writeVectors(
  path: string,
  table: VectorTable,
  { format, metric }: WriteVectorsOptions = {},
): Promise<string[]> {
  const chosen = chosenFormat(path, format);
  checkChoice("metric", metric, faissMetrics);
  if (metric !== undefined && chosen !== "faiss")
    throw new ArgumentError("metric", `is "${metric}", which ${chosen} files do not keep: leave it out or write faiss`);
  checkTable(table);
  if (chosen === "hdf5") await writeHdf5(path, table);
  else if (chosen === "parquet") await writeParquet(path, table);
  else return writeWithCompanion(path, table, chosen, metric ?? "ip");
  return [path];
}

/** The names first: should the rest fail, they lie beside no vectors or are too many, which a reader tells. */
async function writeWithCompanion(
  path: string,
  table: VectorTable,
  format: "faiss" | "npy",
  metric: FaissMetric,
): Promise<string[]> {
  await checkCompanion(path, table);
  const companion = await writeCompanion(path, table);
  if (format === "faiss") await writeFaiss(path, table.vectors, metric);
  else await writeNpy(path, table.vectors);
  return [path, ...companion];
}
