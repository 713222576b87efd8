import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Page, readPages } from "#dist/core/interchange/parquet-pages.js";
import { withFile } from "#dist/core/interchange/sized-file.js";
import { temporaryFolder } from "../../support/temporary.js";
import { varint } from "./varint.js";

const [data, dictionary] = [0, 2];

/** A whole number of 32 bits, as the field that lies `after` so many others. */
function field(after: number, value: number): number[] {
  return [16 * after + 5, ...varint(value < 0 ? -2 * value - 1 : 2 * value)];
}

interface Told {
  kind?: number;
  /** bytes once unpacked */
  size?: number;
  /** bytes in the file */
  packed?: number;
  count?: number;
}

/** A page with plain values, which are its bytes, and what its header tells of it. */
function page(content: readonly number[], told: Told = {}): number[] {
  const { kind = data, size = content.length, packed = content.length, count = content.length } = told;
  const sizes = [...field(1, kind), ...field(1, size), ...field(1, packed)];
  // the field 5 for a page of data, 7 for a dictionary
  const detail = [16 * (kind === dictionary ? 4 : 2) + 12, ...field(1, count), ...field(1, 0), 0];
  return [...sizes, ...detail, 0, ...content];
}

describe("readPages", () => {
  const folder = temporaryFolder();
  const flat = { repetition: 0, definition: 0 };
  const optional = { repetition: 0, definition: 1 };

  /** The pages of a column that begins after four bytes and tells so many values. */
  async function pages(values: number, bytes: readonly number[], depths = flat): Promise<Page[]> {
    const path = join(folder(), "column");
    await writeFile(path, Uint8Array.from([0, 0, 0, 0, ...bytes]));
    return withFile(path, "a column", async (file) => {
      const found: Page[] = [];
      const chunk = { codec: "UNCOMPRESSED", start: 4, end: file.size, values };
      for await (const one of readPages(file, chunk, depths)) found.push(one);
      return found;
    });
  }

  it("gives dictionaries and data in their order, and reads no further than the values go", async () => {
    const bytes = [...page([7, 8], { kind: dictionary }), ...page([1, 2, 3]), ...page([4]), 0xff, 0xff];
    const found = await pages(4, bytes);
    assert.deepEqual(
      found.map(({ kind, count, present, content }) => [kind, count, present, ...content]),
      [
        ["dictionary", 2, 2, 7, 8],
        ["data", 3, 3, 1, 2, 3],
        ["data", 1, 1, 4],
      ],
    );
  });

  it("counts the values that are there by their levels", async () => {
    // six levels of one bit in two runs: four of 1, two of 0
    const levels = [4, 0, 0, 0, 8, 1, 4, 0];
    const [{ count, present, definition, content }] = await pages(6, page([...levels, 9], { count: 6 }), optional);
    assert.deepEqual([count, present, ...definition, ...content], [6, 4, 1, 1, 1, 1, 0, 0, 9]);
  });

  const refuses = (what: string, values: number, bytes: readonly number[], message: RegExp, depths = flat) =>
    it(`refuses ${what}`, () => assert.rejects(pages(values, bytes, depths), message));
  refuses("a page too large for its file", 1, page([1], { size: 2 ** 30 }), /a page claims 1073741824 bytes/);
  refuses("more values than its file justifies", 1, page([1], { count: 2 ** 28 }), /a page claims 1073741824 bytes/);
  refuses("another size than is told", 1, page([1], { size: 2 }), /1 bytes where 2 are expected/);
  refuses("a page past its column's end", 1, page([1], { packed: 2 }), /goes past the end of its column/);
  refuses("too few values", 3, page([1, 2]), /less than the 3 values/);
  refuses("too many values", 1, page([1, 2]), /more than the 1 values/);
  refuses("a size below 0", 1, page([1], { size: -1 }), /has -1 as its field 2/);
  refuses("a page of no kind", 1, page([1], { kind: 4 }), /no page of the kind 4/);
  refuses("a page with the header of another kind", 1, page([1], { kind: 3 }), /no header of its kind/);
  refuses("levels longer than their page", 1, page([9, 0, 0, 0, 8]), /ends within its levels/, optional);
  refuses("levels that end early", 6, page([2, 0, 0, 0, 8, 1], { count: 6 }), /ends before its values/, optional);
});
