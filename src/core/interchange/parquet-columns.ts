/** Where the columns of a Parquet file lie. */
import { type FileMetaData, parquetSchema, type SchemaTree } from "hyparquet";
import type { Chunk, Depths } from "./parquet-pages.js";

/** A column of single values or of lists. */
export interface Column {
  readonly name: string;
  /** Parquet's name for the values' type, or `FLOAT16` */
  readonly type: string;
  readonly depths: Depths;
  /** the way to its values in the file's schema */
  readonly path: string;
}

/** The columns with one kind of value. */
export function columnsOf(metadata: FileMetaData): Column[] {
  const columns: Column[] = [];
  for (const child of parquetSchema(metadata).children) {
    const path = singlePath(child);
    const leaf = path?.[path.length - 1];
    if (!path || !leaf?.element.type) continue;
    columns.push({
      name: child.element.name,
      type: leaf.element.logical_type?.type === "FLOAT16" ? "FLOAT16" : leaf.element.type,
      depths: {
        repetition: path.filter(({ element }) => element.repetition_type === "REPEATED").length,
        definition: path.filter(({ element }) => element.repetition_type !== "REQUIRED").length,
      },
      path: leaf.path.join("."),
    });
  }
  return columns;
}

/** The way down to the only values below a node; undefined where there are several kinds. */
function singlePath(node: SchemaTree): SchemaTree[] | undefined {
  if (node.children.length === 0) return [node];
  if (node.children.length > 1) return undefined;
  const rest = singlePath(node.children[0]);
  return rest && [node, ...rest];
}

/** Where a column lies, in one row group after the other. @throws Error when that is outside the file */
export function chunksOf({ row_groups }: FileMetaData, { path }: Column, fileBytes: number): Chunk[] {
  return row_groups.map(({ columns }) => {
    const column = columns.find(({ meta_data }) => meta_data?.path_in_schema.join(".") === path);
    if (!column?.meta_data || column.file_path) throw new Error(`column "${path}" is not in every part of the file`);
    const { codec, num_values, data_page_offset, dictionary_page_offset, total_compressed_size } = column.meta_data;
    const start = Number(dictionary_page_offset || data_page_offset);
    const chunk = { codec, start, end: start + Number(total_compressed_size), values: Number(num_values) };
    if (!(start >= 4 && chunk.end >= start && chunk.end <= fileBytes && chunk.values >= 0))
      throw new Error(`column "${path}" lies outside the file`);
    return chunk;
  });
}
