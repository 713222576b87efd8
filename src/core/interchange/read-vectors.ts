/** Reads vectors from the files of other programs. */
import { ofCell } from "../display-hook.js";
import { readCompanion } from "./companion.js";
import { readFaiss } from "./faiss.js";
import { readHdf5 } from "./hdf5.js";
import { readNpy } from "./npy.js";
import { readParquet } from "./parquet-read.js";
import { chosenFormat, type VectorFormat } from "./vector-format.js";
import { checkedTable, type VectorTable } from "./vector-table.js";

export interface ReadVectorsOptions {
  /** @default what the name's extension says */
  readonly format?: VectorFormat;
  readonly signal?: AbortSignal;
}

type Reader = (path: string, signal: AbortSignal | undefined) => Promise<VectorTable>;

const readers: Readonly<Record<VectorFormat, Reader>> = {
  faiss: async (path, signal) => ({
    vectors: (await readFaiss(path, signal)).vectors,
    ...(await readCompanion(path, signal)),
  }),
  npy: async (path, signal) => ({ vectors: await readNpy(path, signal), ...(await readCompanion(path, signal)) }),
  hdf5: readHdf5,
  parquet: readParquet,
};

/**
 * Reads vectors, and names and labels where the file has them: for `faiss` and `npy` in a CSV file beside it.
 *
 * - `faiss`: an IndexFlatIP or IndexFlatL2
 * - `npy`: float16, float32 or float64, in one or two dimensions; a vector alone is one row
 * - `hdf5`: the datasets `image_features` [n, d], `image_filenames` [n] and `image_labels` [n]
 * - `parquet`: a column `vector` (or embedding, embeddings, features) of lists of one length, `name` (or path, file,
 *   filename, file_name) and `label` (or class)
 *
 * @returns every number finite, one name and label a row
 * @throws ArgumentError when the name tells no format
 * @throws FileError when there is no such file
 * @throws FormatError naming the file when it holds something else, is damaged, has no rows, NaN or an infinity in
 *   some row, or not one name a row
 * @throws the signal's reason when it is aborted
 */
export async function readVectors(path: string, options: ReadVectorsOptions = {}): Promise<VectorTable> {
  const { format, signal } = ofCell(options);
  signal?.throwIfAborted();
  const read = readers[chosenFormat(path, format)];
  return checkedTable(path, await read(path, signal), signal);
}
