/** Writes vectors into HDF5 through h5wasm, in the thread for it. */
import { statSync } from "node:fs";
import type { File } from "h5wasm";
import type { Matrix } from "../numeric/matrix.js";
import { bytesAtOnce, featuresDataset, labelsDataset, namesDataset } from "./hdf5-datasets.js";
import { shownFile, withLibrary } from "./hdf5-library.js";
import type { VectorTable } from "./vector-table.js";

/** @param onPart called after every part */
export async function writeFeatures(path: string, table: VectorTable, onPart: () => void): Promise<void> {
  const { vectors, names, labels } = table;
  const { File } = await import("h5wasm");
  // the library writes down when, and the same table is to give the same bytes: this thread's clock stands still
  Date.now = () => 0;
  await withLibrary(path, "w+", (library) => {
    // as h5py does: what every version reads
    const file = new File(shownFile, "w", { libver: ["earliest", "latest"] });
    writeMatrix(file, vectors, onPart);
    if (names) file.create_dataset({ name: namesDataset, data: [...names] });
    if (labels) file.create_dataset({ name: labelsDataset, data: [...labels] });
    if (library.flush(file.file_id) < 0 || file.close() < 0) throw new Error("the library cannot write it");
  });
  // it says nothing of single writes that fail
  if (statSync(path).size < vectors.data.length * 8) throw new Error("the library has not written it whole");
}

const chunkBytes = 2 ** 20;

/** As float64, some rows at a time: the library holds what it is given twice. */
function writeMatrix(file: File, { data, rows, cols }: Matrix, onPart: () => void): void {
  const chunk = Math.min(rows, Math.max(1, Math.floor(chunkBytes / (8 * cols))));
  const most = Math.min(rows, chunk * Math.max(1, Math.floor(bytesAtOnce / (8 * chunk * cols))));
  const numbers = (from: number, to: number): Float64Array => Float64Array.from(data.subarray(from * cols, to * cols));
  const features = file.create_dataset({
    ...{ name: featuresDataset, data: numbers(0, most), dtype: "<d" },
    ...{ shape: [most, cols], maxshape: [rows, cols], chunks: [chunk, cols] },
  });
  onPart();
  if (rows > most) features.resize([rows, cols]);
  for (let from = most; from < rows; from += most) {
    const to = Math.min(rows, from + most);
    const [taken, all]: [number, number][] = [
      [from, to],
      [0, cols],
    ];
    features.write_slice([taken, all], numbers(from, to));
    onPart();
  }
}
