import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fromHalf } from "#dist/core/interchange/half.js";
import { readVectors } from "#dist/core/interchange/read-vectors.js";
import { writeVectors } from "#dist/core/interchange/write-vectors.js";
import { fixture } from "../../support/fixtures.js";
import { temporaryFolder } from "../../support/temporary.js";
import { damaged, survivesDamage } from "./damage.js";
import { expectedVectors, formatError } from "./tables.js";

/** A NumPy file of the version, with this header and these bytes after it. */
function npy(version: 1 | 2 | 3, header: string, content: Uint8Array): Buffer {
  const text = Buffer.from(`${header}\n`);
  const size = Buffer.alloc(version === 1 ? 2 : 4);
  size.writeUIntLE(text.length, 0, size.length);
  return Buffer.concat([Buffer.from("\x93NUMPY", "latin1"), Buffer.of(version, 0), size, text, content]);
}

const dictionary = (descr: string, shape: string, order = "False") =>
  `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }`;

describe("NumPy files", () => {
  const folder = temporaryFolder();
  const path = () => join(folder(), "x.npy");
  const read = async (file: Uint8Array) => {
    await writeFile(path(), file);
    return (await readVectors(path())).vectors;
  };
  const big = (values: readonly number[], bytes: 4 | 8) => {
    const buffer = Buffer.alloc(values.length * bytes);
    for (const [i, value] of values.entries())
      if (bytes === 4) buffer.writeFloatBE(value, i * 4);
      else buffer.writeDoubleBE(value, i * 8);
    return buffer;
  };

  it("are written as numpy.save writes them", async () => {
    await writeVectors(path(), { vectors: { data: expectedVectors, rows: 50, cols: 16 } });
    assert.deepEqual(await readFile(path()), await readFile(fixture("files/vectors-f4.npy")));
  });

  it("start their numbers at a multiple of 64 bytes, whatever their sizes", async () => {
    for (const [rows, cols] of [
      [1, 1],
      [123_456, 1],
      [3, 10_000],
      [1, 99_999],
    ] as const) {
      await writeVectors(path(), { vectors: { data: new Float32Array(rows * cols), rows, cols } });
      const file = await readFile(path());
      assert.equal((file.length - 4 * rows * cols) % 64, 0);
      assert.equal(file.readUInt16LE(8) + 10, file.length - 4 * rows * cols);
    }
  });

  it("of versions 1, 2 and 3 are read in both byte orders and both orders of rows", async () => {
    const values = [1, 2, 3, 4, 5, 6];
    const little = new Uint8Array(Float32Array.from(values).buffer);
    for (const version of [1, 2, 3] as const)
      assert.deepEqual([...(await read(npy(version, dictionary("<f4", "(2, 3)"), little))).data], values);
    assert.deepEqual([...(await read(npy(1, dictionary(">f4", "(2, 3)"), big(values, 4)))).data], values);
    assert.deepEqual([...(await read(npy(1, dictionary(">f8", "(2, 3)"), big(values, 8)))).data], values);
    const turned = await read(npy(1, dictionary("<f4", "(2, 3)", "True"), little));
    assert.deepEqual([turned.rows, turned.cols, ...turned.data], [2, 3, 1, 3, 5, 2, 4, 6]);
    const halves = new Uint8Array(Uint16Array.of(0x3c00, 0xc000).buffer);
    assert.deepEqual([...(await read(npy(1, dictionary("<f2", "(2, 1)"), halves))).data], [1, -2]);
  });

  it("with a vector alone hold one row", async () => {
    const { rows, cols } = await read(npy(1, dictionary("<f4", "(3,)"), new Uint8Array(12)));
    assert.deepEqual([rows, cols], [1, 3]);
  });

  it("keep every number of 16 bits", () => {
    assert.deepEqual([0x0000, 0x0001, 0x03ff, 0x0400, 0x3555, 0x7bff, 0x7c00, 0xfc00, 0xfbff].map(fromHalf), [
      0,
      2 ** -24,
      1023 * 2 ** -24,
      2 ** -14,
      0.333251953125,
      65504,
      Infinity,
      -Infinity,
      -65504,
    ]);
    assert.ok(Number.isNaN(fromHalf(0x7e00)));
    assert.ok(Object.is(fromHalf(0x8000), -0));
  });

  const refuses = (what: string, file: Uint8Array, message: RegExp) =>
    it(`with ${what} are refused`, () => assert.rejects(read(file), formatError(path(), message)));
  refuses("Python objects", npy(1, dictionary("|O", "(2,)"), Buffer.from("\x80\x04.")), /Python objects/);
  refuses(
    "records",
    npy(1, "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }", new Uint8Array(8)),
    /records/,
  );
  refuses("whole numbers", npy(1, dictionary("<i8", "(2, 2)"), new Uint8Array(32)), /"<i8".*astype/);
  refuses("three dimensions", npy(1, dictionary("<f4", "(1, 2, 2)"), new Uint8Array(16)), /3 dimensions/);
  refuses("no dimension", npy(1, dictionary("<f4", "()"), new Uint8Array(4)), /0 dimensions/);
  refuses(
    "a shape beyond their size",
    npy(1, dictionary("<f4", "(9007199254740993, 4)"), new Uint8Array(16)),
    /but has/,
  );
  refuses("a shape below their size", npy(1, dictionary("<f4", "(1, 3)"), new Uint8Array(16)), /but has/);
  refuses("no rows", npy(1, dictionary("<f4", "(0, 4)"), new Uint8Array(0)), /0 x 4/);
  refuses("another version", npy(4 as 3, dictionary("<f4", "(1, 1)"), new Uint8Array(4)), /version 4/);
  refuses(
    "a header longer than they are",
    npy(2, dictionary("<f4", "(1, 1)"), new Uint8Array(4)).fill(0x20, 8, 10),
    /truncated/,
  );
  refuses("a header that says nothing", npy(1, "{}", new Uint8Array(4)), /no readable NumPy header/);
  refuses("more than 32 bits can hold", npy(1, dictionary(">f8", "(2, 1)"), big([1, 1e300], 8)), /row 1:/);
  refuses("NaN", npy(1, dictionary("<f2", "(1, 2)"), Uint8Array.of(0, 0, 0, 0x7e)), /NaN.*row 0:/);

  it("that are damaged are read or refused", async () => {
    const files = damaged(await readFile(fixture("files/vectors-f8-fortran.npy")), 0, 128 / 6528);
    await survivesDamage(path(), files, async (file) => (await readVectors(file)).vectors.data.byteLength);
  });
});
