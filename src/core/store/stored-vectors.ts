/** The vectors of a space by row: those of pictures that are there, in the order in which they were made. */
import { StoreError } from "../errors.js";
import { type Matrix, matrix } from "../numeric/matrix.js";
import type { Steps } from "../numeric/steps.js";
import type { VectorSource } from "../retrieval/searcher.js";
import type { Row, StoreDatabase } from "./database.js";
import type { StoredSpace } from "./spaces.js";
import type { Condition } from "./where.js";

export interface StoredVectors extends VectorSource {
  /** the vectors' own ids, ascending: [rows] */
  readonly ids: Float64Array;
  /** whose they are: [rows] */
  readonly images: Float64Array;
}

const rowsAtOnce = 2000;

/** @param only which images, as `conditionOf` says it (default: those that are there) */
export function storedVectors(database: StoreDatabase, space: StoredSpace, only: Condition = here): StoredVectors {
  const { ids, images } = listRows(database, space.id, only);
  const { dim: cols } = space;
  const one = (row: number): Float32Array => {
    const found = database.get("SELECT vector FROM vectors WHERE id = ?", ids[row])?.[0];
    return numbers(database, found, cols);
  };
  return {
    ...{ rows: ids.length, cols, ids, images },
    vector: one,
    read(from, to) {
      const data = new Float32Array((to - from) * cols);
      for (let start = from; start < to; start += rowsAtOnce)
        copyRows(
          database,
          space,
          ids.subarray(start, Math.min(to, start + rowsAtOnce)),
          data.subarray((start - from) * cols),
        );
      return matrix(data, to - from, cols);
    },
  };
}

/** All of them as one matrix, block by block. */
export function* allRows({ rows, cols, read }: VectorSource): Steps<Matrix> {
  const data = new Float32Array(rows * cols);
  for (let start = 0; start < rows; start += rowsAtOnce) {
    data.set(read(start, Math.min(rows, start + rowsAtOnce)).data, start * cols);
    yield;
  }
  return matrix(data, rows, cols);
}

const here: Condition = { sql: "i.state = 'here'", values: [] };

function listRows(
  database: StoreDatabase,
  space: number,
  { sql, values }: Condition,
): { ids: Float64Array; images: Float64Array } {
  const rows = database.all(
    `SELECT v.id, v.image FROM vectors v JOIN images i ON i.id = v.image
     WHERE v.space = ? AND ${sql} ORDER BY v.id`,
    ...[space, ...values],
  );
  return {
    ids: Float64Array.from(rows, (row) => row[0] as number),
    images: Float64Array.from(rows, (row) => row[1] as number),
  };
}

function copyRows(database: StoreDatabase, { id, dim }: StoredSpace, ids: Float64Array, into: Float32Array): void {
  let at = 0;
  for (const [own, vector] of rowsOf(database, id, ids)) {
    if (own !== ids[at]) continue;
    into.set(numbers(database, vector, dim), at * dim);
    at++;
  }
  if (at < ids.length) throw changed(database);
}

/** Where others lie between them, reading these too takes less time than asking for each, unless they are many. */
const mostBetween = 8;

/** @param ids ascending. Others may come along, such as the vectors of pictures that are gone */
function rowsOf(database: StoreDatabase, space: number, ids: Float64Array): Row[] {
  if (ids.length === 0) return [];
  const [first, last] = [ids[0], ids[ids.length - 1]];
  if (last - first < mostBetween * ids.length)
    return database.all(
      "SELECT id, vector FROM vectors WHERE space = ? AND id BETWEEN ? AND ? ORDER BY id",
      ...[space, first, last],
    );
  return Array.from(ids, (id) => database.get("SELECT id, vector FROM vectors WHERE id = ?", id) ?? []);
}

function numbers(database: StoreDatabase, bytes: unknown, dim: number): Float32Array {
  if (bytes === undefined) throw changed(database);
  if (!(bytes instanceof Uint8Array) || bytes.byteLength !== 4 * dim)
    throw new StoreError(database.path, `holds a vector that has not ${dim} numbers: it is damaged, copy it again`);
  // an array of numbers must begin at a multiple of their size
  const { buffer, byteOffset } = bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes);
  return new Float32Array(buffer as ArrayBuffer, byteOffset, dim);
}

function changed({ path }: StoreDatabase): StoreError {
  return new StoreError(path, "has changed since it was opened: open the index again");
}
