/** Writes vectors into Parquet files, some rows at a time. */
import { ByteWriter, ParquetWriter, type SchemaElement } from "hyparquet-writer";
import { writeAtomically } from "../atomic-write.js";
import type { VectorTable } from "./vector-table.js";

/** @throws FileError when it cannot be written */
export async function writeParquet(path: string, table: VectorTable): Promise<void> {
  await writeAtomically(path, parts(table));
}

/** numbers in a row group: the library needs them as lists */
const numbersAtOnce = 2 ** 19;

async function* parts(table: VectorTable): AsyncGenerator<Uint8Array> {
  const { rows, cols } = table.vectors;
  const writer = new ByteWriter();
  const file = new ParquetWriter({ writer, schema: schemaOf(table), createdBy: "patchlab" });
  const most = Math.max(1, Math.floor(numbersAtOnce / cols));
  for (let from = 0; from < rows; from += most) {
    const to = Math.min(rows, from + most);
    await file.write({ columnData: columnsOf(table, from, to), rowGroupSize: to - from });
    yield taken(writer);
  }
  await file.finish();
  yield taken(writer);
}

/** What was written since the last time. */
function taken(writer: ByteWriter): Uint8Array {
  const bytes = writer.getBytes().slice();
  writer.index = 0;
  return bytes;
}

function schemaOf({ names, labels }: VectorTable): SchemaElement[] {
  const text = (name: string): SchemaElement[] => [
    { name, type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" }, repetition_type: "REQUIRED" },
  ];
  const columns = 1 + (names ? 1 : 0) + (labels ? 1 : 0);
  return [
    { name: "schema", num_children: columns },
    ...(names ? text("name") : []),
    ...(labels ? text("label") : []),
    {
      ...{ name: "vector", num_children: 1, repetition_type: "REQUIRED" },
      ...{ converted_type: "LIST", logical_type: { type: "LIST" } },
    },
    { name: "list", num_children: 1, repetition_type: "REPEATED" },
    { name: "element", type: "FLOAT", repetition_type: "REQUIRED" },
  ];
}

function columnsOf({ vectors, names, labels }: VectorTable, from: number, to: number) {
  const { data, cols } = vectors;
  const rows = Array.from({ length: to - from }, (_, i) =>
    Array.from(data.subarray((from + i) * cols, (from + i + 1) * cols)),
  );
  return [
    ...(names ? [{ name: "name", data: names.slice(from, to) }] : []),
    ...(labels ? [{ name: "label", data: labels.slice(from, to) }] : []),
    // numbers of a network are all different and do not pack
    { name: "vector", data: rows, encoding: "PLAIN", codec: "UNCOMPRESSED", statistics: false } as const,
  ];
}
