/** What approximate indexes take, by arithmetic: enough to say what a collection of any size needs before it exists. */
import { ArgumentError } from "../errors.js";
import { checkCount } from "../numeric/neighbours.js";

export interface HnswSize {
  /** vectors */
  readonly rows: number;
  /** numbers a vector */
  readonly dim: number;
  /** 4 for float32, 2 for bfloat16, 1 for 8 bits @default 1 */
  readonly bytesPerNumber?: number;
  /** links a vector on the upper levels, M in the paper; the lowest level has twice as many @default 20 */
  readonly connectivity?: number;
}

/** an id of 64 bits, and what brings the numbers back to scale */
const nodeBytes = 8 + 16;

/**
 * Bytes of an HNSW index: the vectors, and for each of them a node with room for its links, 4 bytes each, on every
 * level that it is on. A vector is on 1/(M - 1) levels above the lowest on average, since each level holds 1/M of the
 * one below. With 1 byte a number it is the size of the file that `hnswIndex` writes, and about what it holds in memory.
 *
 * @returns bytes; a file differs by its header, by what the random levels differ from their mean, and where `dim` is no
 *   multiple of 32, to which it is filled up
 * @throws ArgumentError when a number is not whole and 1 or more, or connectivity is below 2
 * @see Malkov & Yashunin 2016, arXiv:1603.09320, section 4.1
 */
export function hnswBytes({ rows, dim, bytesPerNumber = 1, connectivity = 20 }: HnswSize): number {
  checkCounts({ rows, dim, bytesPerNumber, connectivity });
  if (connectivity < 2) throw new ArgumentError("connectivity", "is 1: give a whole number, 2 or more");
  const list = (links: number): number => 4 + 4 * links;
  const node = nodeBytes + list(2 * connectivity) + list(connectivity) / (connectivity - 1);
  return Math.round(rows * (dim * bytesPerNumber + node));
}

export interface IvfPqSize {
  /** vectors */
  readonly rows: number;
  /** numbers a vector */
  readonly dim: number;
  /** parts that a vector is cut into, each of them told by its nearest centroid; divides dim */
  readonly subquantizers: number;
  /** bits a part, 1 to 16: 2^bits centroids @default 8 */
  readonly bits?: number;
  /** inverted lists, each with a centroid of its own */
  readonly lists: number;
}

/** FAISS keeps an id of 64 bits with every code */
const idBytes = 8;
const floatBytes = 4;
const mostBits = 16;

/**
 * Bytes of an inverted file with product quantisation, FAISS's IndexIVFPQ: for each vector a code of `subquantizers` x
 * `bits` and an id of 8 bytes; one centroid a list; and a codebook of 2^bits centroids of all parts together, as
 * float32.
 *
 * @throws ArgumentError when a number is not whole and 1 or more, bits are more than 16, or the parts do not divide dim
 * @see Jégou, Douze & Schmid 2011, Product quantization for nearest neighbor search, sections II and IV; FAISS wiki,
 *   "Faiss indexes"
 */
export function ivfPqBytes({ rows, dim, subquantizers, bits = 8, lists }: IvfPqSize): number {
  checkCounts({ rows, dim, subquantizers, bits, lists });
  if (bits > mostBits) throw new ArgumentError("bits", `is ${bits}: give a whole number from 1 to ${mostBits}`);
  if (dim % subquantizers !== 0)
    throw new ArgumentError("subquantizers", `is ${subquantizers}, which does not divide dim, ${dim}`);
  const codes = rows * (Math.ceil((subquantizers * bits) / 8) + idBytes);
  return codes + (lists + 2 ** bits) * dim * floatBytes;
}

function checkCounts(counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) checkCount(count, name);
}
