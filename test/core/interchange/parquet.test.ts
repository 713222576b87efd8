import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { ByteWriter, ParquetWriter, type SchemaElement } from "hyparquet-writer";
import { readHybrid } from "#dist/core/interchange/parquet-hybrid.js";
import { readVectors } from "#dist/core/interchange/read-vectors.js";
import { readThrift } from "#dist/core/interchange/thrift.js";
import { writeVectors } from "#dist/core/interchange/write-vectors.js";
import { fixture } from "../../support/fixtures.js";
import { temporaryFolder } from "../../support/temporary.js";
import { damaged, survivesDamage } from "./damage.js";
import { expected, expectedVectors, formatError, plainTable } from "./tables.js";
import { varint } from "./varint.js";

type Cell = string | number | bigint | null | readonly (number | null)[];

const list = (name: string, type: "FLOAT" | "DOUBLE" | "INT32" | "BYTE_ARRAY" = "FLOAT"): SchemaElement[] => [
  { name, num_children: 1, repetition_type: "OPTIONAL", converted_type: "LIST" },
  { name: "list", num_children: 1, repetition_type: "REPEATED" },
  { name: "element", type, repetition_type: "OPTIONAL" },
];
const text = (name: string): SchemaElement[] => [
  { name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
];

/** A Parquet file of these columns, in row groups of two. */
function parquet(columns: readonly (readonly [schema: SchemaElement[], cells: readonly Cell[]])[]): Uint8Array {
  const writer = new ByteWriter();
  const schema = [{ name: "schema", num_children: columns.length }, ...columns.flatMap(([elements]) => elements)];
  const file = new ParquetWriter({ writer, schema });
  const columnData = columns.map(([[{ name }], data]) => ({ name, data: [...data] }));
  void file.write({ columnData, rowGroupSize: 2 });
  void file.finish();
  return writer.getBytes();
}

describe("Parquet files", () => {
  const folder = temporaryFolder();
  const path = () => join(folder(), "x.parquet");
  const read = async (file: Uint8Array) => {
    await writeFile(path(), file);
    return readVectors(path());
  };
  const vector = [
    list("vector"),
    [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
  ] as const;

  it("of pandas are read, with categories as labels", async () => {
    const { vectors, names, labels } = await readVectors(fixture("files/pandas.parquet"));
    assert.deepEqual([vectors.data, vectors.rows, vectors.cols], [expectedVectors, 50, 16]);
    assert.deepEqual(names, expected.names);
    assert.deepEqual(
      labels,
      Array.from({ length: 50 }, (_, i) => `${i % 3}`),
    );
  });

  it("of pyarrow with pages of version 2, gzip, split bytes and missing labels are read", async () => {
    const { vectors, names, labels } = await readVectors(fixture("files/pyarrow-v2.parquet"));
    assert.deepEqual([vectors.data, vectors.rows, vectors.cols], [expectedVectors, 50, 16]);
    assert.deepEqual(names, expected.names);
    assert.deepEqual(
      labels,
      Array.from({ length: 50 }, (_, i) => (i % 7 === 0 ? "" : `${i % 5}`)),
    );
  });

  it("of more rows than are written at once keep every row in its place", async () => {
    const table = plainTable(5000, 300);
    await writeVectors(path(), table);
    assert.deepEqual(await readVectors(path()), table);
  });

  it("with float64, whole numbers, few values or other names are read", async () => {
    for (const type of ["DOUBLE", "INT32", "FLOAT"] as const) {
      const { vectors } = await read(
        parquet([
          [
            list("Embeddings", type),
            [
              [1, 2],
              [3, 4],
              [1, 2],
            ],
          ],
        ]),
      );
      assert.deepEqual([...vectors.data], [1, 2, 3, 4, 1, 2], type);
    }
    const same = Array.from({ length: 400 }, () => [0.5, 0.25]);
    const { vectors, names } = await read(
      parquet([
        [list("features"), same],
        [text("File"), same.map(() => "a")],
      ]),
    );
    assert.deepEqual([...vectors.data], same.flat());
    assert.equal(names?.length, 400);
  });

  const refuses = (what: string, file: () => Uint8Array, message: RegExp) =>
    it(`with ${what} are refused`, () => assert.rejects(read(file()), formatError(path(), message)));
  refuses("no column of vectors", () => parquet([[text("name"), ["a"]]]), /no column "vector", but "name"/);
  refuses("texts for vectors", () => parquet([[text("vector"), ["a"]]]), /"vector" holds BYTE_ARRAY/);
  refuses(
    "one longer vector",
    () =>
      parquet([
        [
          list("vector"),
          [
            [1, 2],
            [3, 4],
            [5, 6, 7],
          ],
        ],
      ]),
    /not all the same length/,
  );
  refuses(
    "vectors of two lengths that add up",
    () => parquet([[list("vector"), [[1], [3, 4, 5], [5, 6]]]]),
    /same length, near row 0/,
  );
  refuses(
    "a vector that is missing",
    () => parquet([[list("vector"), [[1], null, [3]]]]),
    /a number is missing in row 1/,
  );
  refuses("an empty vector", () => parquet([[list("vector"), [[1], [], [3]]]]), /a number is missing in row 1/);
  refuses(
    "a number that is missing",
    () =>
      parquet([
        [
          list("vector"),
          [
            [1, 2],
            [3, null],
          ],
        ],
      ]),
    /a number is missing in row 1/,
  );
  refuses(
    "NaN",
    () =>
      parquet([
        [
          list("vector"),
          [
            [1, 2],
            [3, NaN],
          ],
        ],
      ]),
    /NaN.*row 1:/,
  );
  refuses(
    "a name that is missing",
    () => parquet([vector, [text("name"), ["a", null, "c"]]]),
    /"name" has nothing in row 1/,
  );
  refuses("lists for names", () => parquet([vector, [list("name"), [[1], [2], [3]]]]), /"name" holds FLOAT, not texts/);
  refuses("no rows", () => parquet([[list("vector"), []]]), /holds 0 x 0 numbers/);

  for (const file of ["pandas", "pyarrow-v2"])
    it(`that are damaged are read or refused: ${file}`, async () => {
      const original = await readFile(fixture(`files/${file}.parquet`));
      const size = async (at: string) => (await readVectors(at)).vectors.data.byteLength;
      await survivesDamage(path(), damaged(original, 0.2, 1), size);
    });

  it("of ours that are damaged in their footers and pages are read or refused", async () => {
    await writeVectors(path(), { ...plainTable(20, 3), labels: Array.from({ length: 20 }, (_, i) => `${i % 2}`) });
    const original = await readFile(path());
    const size = async (at: string) => (await readVectors(at)).vectors.data.byteLength;
    await survivesDamage(path(), damaged(original), size);
  });
});

function packed(values: readonly number[], width: number): number[] {
  const bits = values.flatMap((value) => Array.from({ length: width }, (_, i) => Math.floor(value / 2 ** i) % 2));
  return Array.from({ length: Math.ceil(bits.length / 8) }, (_, i) =>
    bits.slice(i * 8, i * 8 + 8).reduce((byte, bit, k) => byte + bit * 2 ** k, 0),
  );
}

describe("readHybrid", () => {
  const parts = fc.integer({ min: 0, max: 32 }).chain((width) => {
    const value = fc.integer({ min: 0, max: 2 ** width - 1 });
    const run = fc.record({ value, count: fc.integer({ min: 1, max: 300 }) });
    const group = fc.array(value, { minLength: 8, maxLength: 8 });
    return fc.record({
      width: fc.constant(width),
      parts: fc.array(fc.oneof(run, group), { minLength: 1, maxLength: 6 }),
    });
  });

  it("reads runs and packed bits of every width", () => {
    fc.assert(
      fc.property(parts, ({ width, parts }) => {
        const bytes = parts.flatMap((part) =>
          Array.isArray(part)
            ? [...varint(3), ...packed(part, width)]
            : [...varint(part.count * 2), ...packed([part.value], Math.ceil(width / 8) * 8)],
        );
        const values = parts.flatMap((part) => (Array.isArray(part) ? part : Array(part.count).fill(part.value)));
        const target = new Uint32Array(values.length);
        readHybrid(Uint8Array.from(bytes), width, target);
        assert.deepEqual([...target], values);
      }),
    );
  });

  it("stays within its target when a run is longer", () => {
    const target = new Uint8Array(3);
    readHybrid(Uint8Array.from([...varint(2 ** 31), 7]), 3, target);
    assert.deepEqual([...target], [7, 7, 7]);
  });

  it("refuses bytes that end too early and numbers too wide", () => {
    for (const bytes of [[], [0x80], [3, 1], [4]])
      assert.throws(() => readHybrid(Uint8Array.from(bytes), 3, new Uint8Array(8)), /ends before its values/);
    assert.throws(() => readHybrid(Uint8Array.of(2, 1), 33, new Uint8Array(8)), /33 bits/);
  });
});

describe("readThrift", () => {
  it("reads numbers, texts, truths, lists and structures by their field", () => {
    const bytes = Uint8Array.of(0x15, 0x05, 0x18, 2, 0x61, 0x62, 0x11, 0x19, 0x25, 2, 4, 0x1c, 0x15, 0x02, 0, 0);
    const { struct, end } = readThrift(bytes);
    assert.equal(end, bytes.length);
    assert.deepEqual(
      [...struct].map(([field]) => field),
      [1, 2, 3, 4, 5],
    );
    assert.deepEqual([struct.get(1), struct.get(3), struct.get(4)], [-3, true, [1, 2]]);
    assert.equal(Buffer.from(struct.get(2) as Uint8Array).toString(), "ab");
    assert.deepEqual(struct.get(5), new Map([[1, 1]]));
  });

  it("refuses lists and texts longer than what is left, and structures without an end", () => {
    assert.throws(
      () => readThrift(Uint8Array.from([0x19, 0xf5, ...varint(2 ** 31 - 1), 1])),
      /a list of 2147483647 entries/,
    );
    assert.throws(() => readThrift(Uint8Array.from([0x18, ...varint(2 ** 40), 1])), /a text of 1099511627776 bytes/);
    assert.throws(() => readThrift(new Uint8Array(1000).fill(0x1c)), /deeper than/);
    assert.throws(() => readThrift(Uint8Array.of(0x15, 0x02)), RangeError);
  });
});
