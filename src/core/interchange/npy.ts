/** NumPy's files of float numbers. Pickles are never read. */
import { writeAtomically } from "../atomic-write.js";
import type { Matrix } from "../numeric/matrix.js";
import { fromHalf } from "./half.js";
import { type NpyHeader, npyHeader, readNpyHeader } from "./npy-header.js";
import { bytesOf } from "./number-bytes.js";
import { type SizedFile, withFile } from "./sized-file.js";

/**
 * Reads float16, float32 or float64 numbers of either byte order, row by row or column by column. A vector alone is
 * one row.
 *
 * @throws FileError when there is no such file; FormatError when it holds something else, or less than it says
 */
export function readNpy(path: string, signal?: AbortSignal): Promise<Matrix> {
  const read = async (file: SizedFile): Promise<Matrix> => {
    const header = await readNpyHeader(file);
    const { rows, cols, bytes, bigEndian, fortranOrder } = header;
    const data = new Float32Array(rows * cols);
    if (bytes === 4 && !bigEndian && !fortranOrder) await file.readInto(new Uint8Array(data.buffer), header.offset);
    else await convert(file, header, data);
    return { data, rows, cols };
  };
  return withFile(path, "a NumPy file", read, signal);
}

/** numbers between two reads */
const atOnce = 2 ** 21;

async function convert(file: SizedFile, header: NpyHeader, data: Float32Array): Promise<void> {
  const { rows, cols, bytes, bigEndian, offset, fortranOrder } = header;
  for (let from = 0; from < data.length; from += atOnce) {
    const count = Math.min(atOnce, data.length - from);
    const part = await file.read(offset + from * bytes, count * bytes);
    const numberAt = reader(new DataView(part.buffer), bytes, !bigEndian);
    for (let i = 0; i < count; i++) {
      const at = from + i;
      data[fortranOrder ? (at % rows) * cols + Math.floor(at / rows) : at] = numberAt(i * bytes);
    }
  }
}

function reader(view: DataView, bytes: 2 | 4 | 8, littleEndian: boolean): (at: number) => number {
  if (bytes === 8) return (at) => view.getFloat64(at, littleEndian);
  if (bytes === 4) return (at) => view.getFloat32(at, littleEndian);
  return (at) => fromHalf(view.getUint16(at, littleEndian));
}

/** Writes float32 numbers row by row, with the bytes of numpy.save. @throws FileError when it cannot be written */
export async function writeNpy(path: string, vectors: Matrix): Promise<void> {
  await writeAtomically(path, parts(vectors));
}

async function* parts({ data, rows, cols }: Matrix): AsyncGenerator<Uint8Array> {
  yield npyHeader(rows, cols);
  yield* bytesOf(data);
}
