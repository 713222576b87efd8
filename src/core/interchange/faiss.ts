/**
 * Flat indexes of FAISS, byte for byte as it writes them: 45 bytes that say what follows, then the vectors.
 *
 * @see https://github.com/facebookresearch/faiss/blob/main/faiss/impl/index_write.cpp (write_index_header, write_index)
 */

import { writeAtomically } from "../atomic-write.js";
import { cellSignal } from "../display-hook.js";
import { FormatError } from "../errors.js";
import type { Matrix } from "../numeric/matrix.js";
import { bytesOf } from "./number-bytes.js";
import { type SizedFile, withFile } from "./sized-file.js";

/** `ip`: the inner product. `l2`: the squared Euclidean distance. */
export type FaissMetric = "ip" | "l2";

export const faissMetrics: readonly FaissMetric[] = ["ip", "l2"];

const kinds: Readonly<Record<FaissMetric, { fourcc: string; metric: number }>> = {
  ip: { fourcc: "IxFI", metric: 0 },
  l2: { fourcc: "IxF2", metric: 1 },
};

const headerBytes = 45;
/** FAISS writes it twice where old versions kept other numbers, and reads over it */
const filler = 1n << 20n;

export interface FaissIndex {
  /** [rows, numbers a vector] */
  vectors: Matrix;
  metric: FaissMetric;
}

/**
 * Reads an IndexFlatIP or IndexFlatL2.
 *
 * @throws FileError when there is no such file; FormatError for other kinds of indexes, by their name, and for a header
 *   that does not agree with itself or the file's size
 */
export function readFaiss(path: string, signal?: AbortSignal): Promise<FaissIndex> {
  return withFile(path, "a FAISS index", readIndex, cellSignal(signal));
}

async function readIndex(file: SizedFile): Promise<FaissIndex> {
  const head = Buffer.from(await file.read(0, Math.min(headerBytes, file.size)));
  const metric = metricOf(file.path, head);
  if (head.length < headerBytes)
    throw new FormatError(
      file.path,
      `ends within its header, after ${file.size} bytes: it is truncated, copy it again`,
    );
  const { rows, cols } = sizes(file, head, metric);
  const data = new Float32Array(rows * cols);
  await file.readInto(new Uint8Array(data.buffer), headerBytes);
  return { vectors: { data, rows, cols }, metric };
}

function metricOf(path: string, head: Buffer): FaissMetric {
  const fourcc = head.toString("latin1", 0, 4);
  const metric = faissMetrics.find((name) => kinds[name].fourcc === fourcc);
  if (metric) return metric;
  if (!/^I[\w]{3}$/.test(fourcc))
    throw new FormatError(path, "is no FAISS index: give a file that faiss.write_index has written");
  const [, kind] = otherKinds.find(([start]) => fourcc.startsWith(start)) ?? ["", `an index of the kind "${fourcc}"`];
  throw new FormatError(
    path,
    `holds ${kind}: only flat ones are read, save its vectors with numpy.save("x.npy", index.reconstruct_n(0, index.ntotal))`,
  );
}

/** how the kinds' letters start, the longer ones first */
const otherKinds: readonly (readonly [start: string, kind: string])[] = [
  ["IxFl", "a flat index with another measure than the inner product or L2"],
  ["IxMp", "an index with ids (IndexIDMap)"],
  ["IxM2", "an index with ids (IndexIDMap2)"],
  ["IxPT", "an index that transforms vectors first (IndexPreTransform)"],
  ["IxSQ", "a scalar-quantised index"],
  ["IxHe", "an LSH index"],
  ["IxPq", "a PQ index"],
  ["IPfs", "a PQ index"],
  ["IHN", "an HNSW index"],
  ["INS", "an NSG index"],
  ["Iw", "an IVF index"],
  ["Iv", "an IVF index"],
  ["IB", "an index of binary vectors"],
];

function sizes({ path, size }: SizedFile, head: Buffer, metric: FaissMetric): { rows: number; cols: number } {
  const cols = head.readInt32LE(4);
  const rows = head.readBigInt64LE(8);
  const numbers = head.readBigUInt64LE(37);
  if (head.readInt32LE(33) !== kinds[metric].metric)
    throw new FormatError(
      path,
      `is an ${kinds[metric].fourcc} index with the metric ${head.readInt32LE(33)}: write it again`,
    );
  if (head[32] !== 1)
    throw new FormatError(path, "says that it is not trained, which no flat index does: write it again");
  if (cols < 1 || rows < 0n || BigInt(cols) * rows !== numbers || BigInt(headerBytes) + 4n * numbers !== BigInt(size))
    throw new FormatError(
      path,
      `says ${rows} vectors of ${cols} and ${numbers} numbers, which do not fill its ${size} bytes: it is damaged, copy it again`,
    );
  return { rows: Number(rows), cols };
}

/** Writes an IndexFlatIP or IndexFlatL2. @throws FileError when it cannot be written */
export async function writeFaiss(path: string, vectors: Matrix, metric: FaissMetric): Promise<void> {
  await writeAtomically(path, parts(vectors, metric));
}

async function* parts({ data, rows, cols }: Matrix, metric: FaissMetric): AsyncGenerator<Uint8Array> {
  const head = Buffer.alloc(headerBytes);
  head.write(kinds[metric].fourcc, "latin1");
  head.writeInt32LE(cols, 4);
  head.writeBigInt64LE(BigInt(rows), 8);
  head.writeBigInt64LE(filler, 16);
  head.writeBigInt64LE(filler, 24);
  head[32] = 1;
  head.writeInt32LE(kinds[metric].metric, 33);
  head.writeBigUInt64LE(BigInt(data.length), 37);
  yield head;
  yield* bytesOf(data);
}
