import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readFaiss } from "#dist/core/interchange/faiss.js";
import { readVectors } from "#dist/core/interchange/read-vectors.js";
import { writeVectors } from "#dist/core/interchange/write-vectors.js";
import { fixture } from "../../support/fixtures.js";
import { temporaryFolder } from "../../support/temporary.js";
import { damaged, survivesDamage } from "./damage.js";
import { expectedVectors, formatError } from "./tables.js";

const header = 45;

describe("FAISS files", () => {
  const folder = temporaryFolder();
  const path = () => join(folder(), "x.faiss");
  /** The fixture with other bytes at `at`. */
  const changed = async (at: number, bytes: Uint8Array | readonly number[]) => {
    const file = await readFile(fixture("files/flat-ip.faiss"));
    file.set(bytes, at);
    await writeFile(path(), file);
    return path();
  };
  const int64 = (value: bigint) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(value);
    return bytes;
  };

  for (const metric of ["ip", "l2"] as const) {
    it(`are written as FAISS writes them, for ${metric}`, async () => {
      const vectors = { data: expectedVectors, rows: 50, cols: 16 };
      assert.deepEqual(await writeVectors(path(), { vectors }, { metric }), [path()]);
      assert.deepEqual(await readFile(path()), await readFile(fixture(`files/flat-${metric}.faiss`)));
    });

    it(`say that their measure is ${metric}`, async () => {
      assert.equal((await readFaiss(fixture(`files/flat-${metric}.faiss`))).metric, metric);
    });
  }

  for (const [fourcc, kind] of [
    ["IwFl", "an IVF index"],
    ["IwPQ", "an IVF index"],
    ["IHNf", "an HNSW index"],
    ["IxPq", "a PQ index"],
    ["IxSQ", "a scalar-quantised index"],
    ["IBxF", "an index of binary vectors"],
    ["IxFl", "a flat index with another measure"],
    ["IxMp", "an index with ids"],
    ["Ixyz", 'an index of the kind "Ixyz"'],
  ])
    it(`that hold ${kind} (${fourcc}) are refused by that name`, async () => {
      const file = await changed(0, Buffer.from(fourcc));
      await assert.rejects(readVectors(file), formatError(file, new RegExp(`holds ${kind}.*reconstruct_n`)));
    });

  for (const [what, at, bytes] of [
    ["more vectors than there are", 8, int64(51n)],
    ["fewer vectors than there are", 8, int64(49n)],
    ["as many vectors as no memory holds", 8, int64(2n ** 60n)],
    ["less than no vectors", 8, int64(-50n)],
    ["another dimension", 4, [17, 0, 0, 0]],
    ["a negative dimension", 4, [0xf0, 0xff, 0xff, 0xff]],
    ["no dimension", 4, [0, 0, 0, 0]],
    ["more numbers than there are", 37, int64(801n)],
    ["a number of numbers beyond 63 bits", 37, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
  ] as const)
    it(`that tell ${what} are refused`, async () => {
      const file = await changed(at, bytes);
      await assert.rejects(readVectors(file), formatError(file, /do not fill its 3245 bytes/));
    });

  it("whose numbers overflow to a product that would fit are refused", async () => {
    const file = await changed(4, [...[0, 0, 0, 0x40], ...int64(2n ** 34n + 50n)]);
    await assert.rejects(readVectors(file), formatError(file, /do not fill/));
  });

  it("whose metric is not that of their kind, or that are not trained, are refused", async () => {
    const other = await changed(33, [1]);
    await assert.rejects(readVectors(other), formatError(other, /IxFI index with the metric 1/));
    const untrained = await changed(32, [0]);
    await assert.rejects(readVectors(untrained), formatError(untrained, /not trained/));
  });

  it("with bytes after their end, or without vectors, are refused", async () => {
    const file = await readFile(fixture("files/flat-ip.faiss"));
    await writeFile(path(), Buffer.concat([file, Buffer.of(0)]));
    await assert.rejects(readVectors(path()), formatError(path(), /do not fill its 3246 bytes/));
    const empty = Buffer.from(file.subarray(0, header));
    empty.set([...int64(0n)], 8);
    empty.set([...int64(0n)], 37);
    await writeFile(path(), empty);
    await assert.rejects(readVectors(path()), formatError(path(), /holds 0 x 16 numbers/));
  });

  it("with NaN are refused, naming the row", async () => {
    const file = await changed(header + 4 * (16 * 7 + 3), [0, 0, 0xc0, 0x7f]);
    await assert.rejects(readVectors(file), formatError(file, /NaN.*row 7:/));
  });

  it("that are damaged are read or refused", async () => {
    const files = damaged(await readFile(fixture("files/flat-l2.faiss")), 0, header / 3245);
    await survivesDamage(path(), files, async (file) => (await readVectors(file)).vectors.data.byteLength);
  });
});
