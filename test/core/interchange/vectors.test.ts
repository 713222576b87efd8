import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import fc from "fast-check";
import { ArgumentError, FileError, FormatError, NotFiniteError, ShapeError } from "#dist/core/errors.js";
import { readVectors } from "#dist/core/interchange/read-vectors.js";
import { vectorFormatOf, vectorFormats } from "#dist/core/interchange/vector-format.js";
import type { VectorTable } from "#dist/core/interchange/vector-table.js";
import { writeVectors } from "#dist/core/interchange/write-vectors.js";
import { maxDifference } from "../../support/compare.js";
import { fixture } from "../../support/fixtures.js";
import { temporaryFolder } from "../../support/temporary.js";
import { anyTable, expected, expectedVectors, formatError, plainTable } from "./tables.js";

const extension = { faiss: "faiss", npy: "npy", hdf5: "h5", parquet: "parquet" };

describe("readVectors", () => {
  const folder = temporaryFolder();

  for (const [file, tolerance] of [
    ["flat-ip.faiss", 0],
    ["flat-l2.faiss", 0],
    ["vectors-f4.npy", 0],
    ["vectors-f2.npy", 2 ** -12],
    ["vectors-f8-fortran.npy", 0],
    ["image_features.h5", 0],
  ] as const)
    it(`reads the numbers of ${file}${tolerance ? ", to half precision" : " exactly"}`, async () => {
      const { vectors, names } = await readVectors(fixture(`files/${file}`));
      assert.deepEqual([vectors.rows, vectors.cols], [50, 16]);
      assert.ok(maxDifference(vectors.data, expectedVectors) <= tolerance);
      assert.deepEqual(names, file.endsWith(".h5") ? expected.names : undefined);
    });

  it("tells the format by the name, whatever its case, and lists what it knows for others", () => {
    assert.equal(vectorFormatOf("a/b.C.INDEX"), "faiss");
    assert.equal(vectorFormatOf("b.hdf5"), "hdf5");
    for (const path of ["b.csv", "npy", ".npy"])
      assert.throws(
        () => vectorFormatOf(path),
        (e: Error) => e instanceof ArgumentError && /\.faiss, .*\.parquet/.test(e.message),
      );
  });

  it("takes the format that is given before that of the name", async () => {
    const path = join(folder(), "vectors.dat");
    const table = plainTable(3, 2);
    await writeVectors(path, table, { format: "parquet" });
    assert.deepEqual(await readVectors(path, { format: "parquet" }), table);
    await assert.rejects(readVectors(path, { format: "csv" as "npy" }), ArgumentError);
  });

  for (const format of vectorFormats) {
    const name = (base: string) => join(folder(), `${base}.${extension[format]}`);

    it(`${format}: says that a file is missing, a folder or empty`, async () => {
      const [missing, taken, empty] = [name("missing"), name("folder"), name("empty")];
      await mkdir(taken);
      await writeFile(empty, "");
      await assert.rejects(readVectors(missing), (e: Error) => e instanceof FileError && e.message.includes(missing));
      await assert.rejects(readVectors(taken), (e: Error) => e instanceof FileError && /is no file/.test(e.message));
      await assert.rejects(readVectors(empty), formatError(empty, /is empty/));
    });

    it(`${format}: refuses a text and random bytes`, async () => {
      const path = name("other");
      for (const content of ["<!doctype html>\n<p>not found</p>", Buffer.from(expectedVectors.buffer)]) {
        await writeFile(path, content);
        await assert.rejects(readVectors(path), formatError(path, /is no .*: give/));
      }
    });

    it(`${format}: refuses a file that is cut short, wherever`, async () => {
      const path = name("cut");
      await writeVectors(path, plainTable(4, 3));
      const whole = await readFile(path);
      for (let length = 1; length < whole.length; length += Math.ceil(whole.length / (format === "hdf5" ? 10 : 40))) {
        await writeFile(path, whole.subarray(0, length));
        await assert.rejects(readVectors(path), FormatError, `${length} of ${whole.length} bytes`);
      }
    });

    it(`${format}: stops when it is aborted`, async () => {
      const path = name("aborted");
      await writeVectors(path, plainTable(4, 3));
      const reason = new Error("enough");
      await assert.rejects(readVectors(path, { signal: AbortSignal.abort(reason) }), reason);
    });
  }
});

describe("writeVectors", () => {
  const folder = temporaryFolder();

  for (const format of vectorFormats) {
    const name = (base: string) => join(folder(), `${base}.${extension[format]}`);

    it(`${format}: writes what readVectors reads back`, async () => {
      const path = name("round ü");
      await fc.assert(
        fc.asyncProperty(anyTable, async (table) => {
          const written = await writeVectors(path, table);
          assert.deepEqual(await readVectors(path), table);
          await Promise.all(written.map((file) => rm(file)));
        }),
        { numRuns: format === "hdf5" ? 6 : 100 },
      );
    });

    it(`${format}: writes the same bytes for the same table, whenever`, async () => {
      const [a, b] = [name("a"), name("b")];
      await writeVectors(a, plainTable(5, 4));
      // HDF5 keeps times, in whole seconds
      if (format === "hdf5") await setTimeout(1050 - (Date.now() % 1000));
      await writeVectors(b, plainTable(5, 4));
      assert.deepEqual(await readFile(a), await readFile(b));
    });

    it(`${format}: refuses what is no table of finite numbers, and writes nothing`, async () => {
      const path = name("refused");
      const { vectors } = plainTable(3, 2);
      const spoilt = { ...vectors, data: Float32Array.of(1, 2, 3, Infinity, NaN, 6) };
      const rejects = (table: object, kind: new (...args: never[]) => Error) =>
        assert.rejects(writeVectors(path, table as VectorTable), kind);
      await rejects({ vectors: { data: new Float32Array(0), rows: 0, cols: 3 } }, ShapeError);
      await rejects({ vectors: { data: new Float32Array(0), rows: 3, cols: 0 } }, ShapeError);
      await rejects({ vectors: { ...vectors, rows: 4 } }, ShapeError);
      await rejects({ vectors, names: ["a", "b"] }, ShapeError);
      await rejects({ vectors, labels: ["a", "b", "c", "d"] }, ShapeError);
      await rejects({ vectors, names: ["a", 2, "c"] }, ArgumentError);
      await assert.rejects(
        writeVectors(path, { vectors: spoilt }),
        (e: Error) => e instanceof NotFiniteError && e.row === 1,
      );
      assert.deepEqual(
        (await readdir(folder())).filter((file) => file.includes("refused")),
        [],
      );
    });

    it(`${format}: names a folder that is not there`, async () => {
      const path = join(folder(), "missing", `x.${extension[format]}`);
      await assert.rejects(writeVectors(path, plainTable(2, 2)), FileError);
    });

    it(`${format}: leaves the array that it is given as it is`, async () => {
      const table = plainTable(3, 2);
      const view = new Float32Array([9, ...table.vectors.data, 9]).subarray(1, 7);
      const path = name("view");
      await writeVectors(path, { ...table, vectors: { ...table.vectors, data: view } });
      assert.deepEqual(await readVectors(path), table);
      assert.deepEqual(view, table.vectors.data);
    });
  }

  it("refuses a metric where none is kept, and one that there is not", async () => {
    const table = plainTable(2, 2);
    await assert.rejects(writeVectors(join(folder(), "x.npy"), table, { metric: "l2" }), ArgumentError);
    await assert.rejects(writeVectors(join(folder(), "x.faiss"), table, { metric: "cosine" as "ip" }), ArgumentError);
  });
});
