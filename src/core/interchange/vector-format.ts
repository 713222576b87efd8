/** The kinds of files for exchange, by their names. */
import { extname } from "node:path";
import { checkChoice } from "../check-choice.js";
import { ArgumentError } from "../errors.js";

/** `faiss`: a flat index of FAISS. `npy`: NumPy. `hdf5`: HDF5. `parquet`: Apache Parquet. */
export type VectorFormat = "faiss" | "npy" | "hdf5" | "parquet";

export const vectorFormats: readonly VectorFormat[] = ["faiss", "npy", "hdf5", "parquet"];

const extensions: Readonly<Record<VectorFormat, readonly string[]>> = {
  faiss: [".faiss", ".index"],
  npy: [".npy"],
  hdf5: [".h5", ".hdf5"],
  parquet: [".parquet"],
};

/** The format that a file's name tells. @throws ArgumentError that lists the extensions, for any other name */
export function vectorFormatOf(path: string): VectorFormat {
  const extension = extname(path).toLowerCase();
  const format = vectorFormats.find((name) => extensions[name].includes(extension));
  if (format) return format;
  const known = Object.values(extensions).flat().join(", ");
  throw new ArgumentError("path", `is ${path}, which tells no format: name the file with one of ${known}`);
}

/** The format that is given or else told by the name. @throws ArgumentError when there is no such format */
export function chosenFormat(path: string, format: VectorFormat | undefined): VectorFormat {
  checkChoice("format", format, vectorFormats);
  return format ?? vectorFormatOf(path);
}
