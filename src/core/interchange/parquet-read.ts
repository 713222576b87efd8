/** Reads vectors from Parquet files: columns are found by hyparquet, their pages read one after the other. */
import { type FileMetaData, parquetMetadata } from "hyparquet";
import { FormatError, PatchlabError } from "../errors.js";
import type { Matrix } from "../numeric/matrix.js";
import { columnAt, labelColumns, nameColumns, vectorColumns } from "./column-names.js";
import { type Column, chunksOf, columnsOf } from "./parquet-columns.js";
import { type Chunk, type Page, readPages } from "./parquet-pages.js";
import { numbersOf, texts, type ValueType, valuesOf } from "./parquet-values.js";
import { checkJustified, type SizedFile, withFile } from "./sized-file.js";
import { readThrift } from "./thrift.js";
import { type VectorTable, vectorTable } from "./vector-table.js";

/**
 * @throws FileError when there is no such file; FormatError when it is no Parquet file, damaged, without such columns,
 *   or its vectors have different lengths
 */
export function readParquet(path: string, signal?: AbortSignal): Promise<VectorTable> {
  return withFile(path, "a Parquet file", (file) => readTable(file, signal), signal);
}

async function readTable(file: SizedFile, signal: AbortSignal | undefined): Promise<VectorTable> {
  const metadata = await readMetadata(file);
  try {
    const columns = columnsOf(metadata);
    const [vector, name, label] = [vectorColumns, nameColumns, labelColumns].map((wanted) => find(columns, wanted));
    if (!vector) throw new Error(`it has no column "vector", but ${columns.map((c) => `"${c.name}"`).join(", ")}`);
    const opened = (column: Column): OpenColumn => ({ ...column, file, chunks: chunksOf(metadata, column, file.size) });
    const rows = Number(metadata.num_rows);
    const vectors = await readVectorColumn(opened(vector), rows);
    const names = name && (await readTextColumn(opened(name), rows));
    const labels = label && (await readTextColumn(opened(label), rows, ""));
    return vectorTable(vectors, names, labels);
  } catch (cause) {
    throw failure(file.path, cause, signal);
  }
}

interface OpenColumn extends Column {
  readonly file: SizedFile;
  /** one a row group */
  readonly chunks: readonly Chunk[];
}

/** What is known as wrong stays so, what the file's bytes led to is their fault. */
function failure(path: string, cause: unknown, signal?: AbortSignal): unknown {
  const { message, syscall } = cause as NodeJS.ErrnoException;
  if (cause instanceof PatchlabError || syscall !== undefined || signal?.aborted) return cause;
  return new FormatError(path, `cannot be read as a table of vectors (${message}): write it again`, { cause });
}

function find(columns: readonly Column[], wanted: readonly string[]): Column | undefined {
  const names = columns.map(({ name }) => name);
  return columns[columnAt(names, wanted)];
}

const magic = "PAR1";

async function readMetadata(file: SizedFile): Promise<FileMetaData> {
  const { path, size } = file;
  const start = await file.read(0, Math.min(4, size));
  if (Buffer.from(start).toString("latin1") !== magic)
    throw new FormatError(path, "is no Parquet file: give one that pandas or another program has written");
  if (size < 12) throw new FormatError(path, `ends after ${size} bytes: it is truncated, copy it again`);
  const tail = Buffer.from(await file.read(size - 8, 8));
  const length = tail.readUInt32LE(0);
  if (tail.toString("latin1", 4) !== magic || length > size - 12)
    throw new FormatError(path, "does not end as Parquet files do: it is truncated, copy it again");
  const footer = await file.read(size - 8 - length, length + 8);
  try {
    // hyparquet would believe the sizes of lists
    readThrift(footer.subarray(0, length));
    return parquetMetadata(footer, { geoparquet: false });
  } catch (cause) {
    throw failure(path, cause);
  }
}

async function readVectorColumn(column: OpenColumn, rows: number): Promise<Matrix> {
  const { name, depths, chunks, file } = column;
  const type = numbersOf(column.type, Float32Array);
  if (depths.repetition !== 1 || !type) throw new Error(`column "${name}" holds ${column.type}, not lists of numbers`);
  const numbers = chunks.reduce((sum, chunk) => sum + chunk.values, 0);
  const cols = rows === 0 ? 0 : numbers / rows;
  checkJustified("it", file.size, 4 * numbers);
  if (!Number.isInteger(cols)) throw new Error(`column "${name}" has ${numbers} numbers in ${rows} rows: ${ragged}`);
  const data = new Float32Array(numbers);
  const place = { row: 0, col: 0 };
  let at = 0;
  for await (const { page, values } of pagesOf(column, type)) {
    for (let i = 0; i < page.count; i++) {
      // where lengths differ, some row begins early or late
      if ((page.repetition[i] === 0) !== (place.col === 0)) throw new Error(`${ragged}, near row ${place.row}`);
      if (page.definition[i] !== depths.definition) throw new Error(`a number is missing in row ${place.row}`);
      if (++place.col < cols) continue;
      place.col = 0;
      place.row++;
    }
    data.set(values, at);
    at += page.count;
  }
  return { data, rows, cols };
}

const ragged = "its vectors have not all the same length";

/** @param missing what stands for a value that is not there @throws Error when there is none */
async function readTextColumn(column: OpenColumn, rows: number, missing?: string): Promise<string[]> {
  const { name, depths, chunks } = column;
  const type: ValueType<ArrayLike<unknown>> | undefined =
    column.type === "BYTE_ARRAY" ? texts : numbersOf(column.type, Float64Array);
  if (depths.repetition > 0 || !type) throw new Error(`column "${name}" holds ${column.type}, not texts`);
  const count = chunks.reduce((sum, chunk) => sum + chunk.values, 0);
  if (count !== rows) throw new Error(`column "${name}" has ${count} values for ${rows} rows`);
  const list: string[] = [];
  for await (const { page, values } of pagesOf(column, type)) {
    for (let i = 0, at = 0; i < page.count; i++) {
      const there = page.definition[i] === depths.definition;
      if (!there && missing === undefined) throw new Error(`column "${name}" has nothing in row ${list.length}`);
      list.push(there ? String(values[at++]) : (missing ?? ""));
    }
  }
  return list;
}

/** The column's data pages, of all row groups, with their values. */
async function* pagesOf<T>(
  { file, chunks, depths }: OpenColumn,
  type: ValueType<T>,
): AsyncGenerator<{ page: Page; values: T }> {
  for (const chunk of chunks) {
    let dictionary: T | undefined;
    for await (const page of readPages(file, chunk, depths)) {
      if (page.kind === "dictionary") dictionary = type.decode(page.content, page.count);
      else yield { page, values: valuesOf(page, type, dictionary) };
    }
  }
}
