import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { FileError, FormatError } from "#dist/core/errors.js";
import { csvRow, parseCsv } from "#dist/core/interchange/csv.js";
import { readVectors } from "#dist/core/interchange/read-vectors.js";
import { writeVectors } from "#dist/core/interchange/write-vectors.js";
import { temporaryFolder } from "../../support/temporary.js";
import { awkward, formatError, plainTable } from "./tables.js";

describe("parseCsv", () => {
  it("reads back every row that csvRow writes", () => {
    const field = fc.oneof(
      fc.constantFrom(...awkward),
      fc.string({ unit: fc.constantFrom(...'a,"\r\n é😀'.split("")) }),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }).chain((n) => fc.array(fc.array(field, { minLength: n, maxLength: n }))),
        (rows) => {
          assert.deepEqual(parseCsv("x.csv", rows.map(csvRow).join("")), rows);
        },
      ),
    );
  });

  it("takes every line's end, a mark at the start, blank lines and no end of the last line", () => {
    const rows = [
      ["a", "b"],
      ["1", "2,3"],
      ["", "4"],
    ];
    for (const text of ['a,b\n1,"2,3"\n,4', '\uFEFFa,b\r\n1,"2,3"\r\n\r\n,4\r\n', 'a,b\r1,"2,3"\r,4\r'])
      assert.deepEqual(parseCsv("x.csv", text), rows);
  });

  it("takes a text that begins with an empty line or an empty field", () => {
    assert.deepEqual(parseCsv("x.csv", "\r\n\na,b\n"), [["a", "b"]]);
    assert.deepEqual(parseCsv("x.csv", ",a\n"), [["", "a"]]);
  });

  it("names the line of a misplaced quote and of a row of another length", () => {
    for (const [text, line] of [
      ['a\n"b\nc', 2],
      ['a\n"b\nc"d\n', 2],
      ['a\nb"c\n', 2],
    ] as const)
      assert.throws(() => parseCsv("x.csv", text), formatError("x.csv", new RegExp(`quote.*line ${line}:`)));
    assert.throws(
      () => parseCsv("x.csv", 'a,b\n"1\n2",3\n4\n'),
      formatError("x.csv", /1 fields in line 4 where the first has 2/),
    );
  });

  it("takes a field of three million letters", () => {
    const long = 'x"\n'.repeat(1_000_000);
    assert.equal(parseCsv("x.csv", csvRow([long, "b"]))[0][0].length, long.length);
  });

  it("reads or refuses any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab,"\r\n'.split("")), maxLength: 30 }), (text) => {
        try {
          const rows = parseCsv("x.csv", text);
          assert.ok(rows.every((row) => row.length === rows[0].length));
        } catch (error) {
          assert.ok(error instanceof FormatError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("names and labels beside vectors", () => {
  const folder = temporaryFolder();
  const [npy, csv] = [() => join(folder(), "x.npy"), () => join(folder(), "x.csv")];
  const table = plainTable(3, 2);
  const beside = async (content: string | Uint8Array) => {
    await rm(csv(), { force: true });
    await writeVectors(npy(), { vectors: table.vectors });
    await writeFile(csv(), content);
    return readVectors(npy());
  };

  it("lie in a CSV file with a header row", async () => {
    const labels = ["a", 'b"', "c,d"];
    assert.deepEqual(await writeVectors(npy(), { ...table, labels }), [npy(), csv()]);
    const lines = ["name,label", "folder/0.jpg,a", 'folder/1.jpg,"b"""', 'folder/2.jpg,"c,d"', ""];
    assert.equal(await readFile(csv(), "utf8"), lines.join("\r\n"));
  });

  it("are found under other names, in any order, other columns left out", async () => {
    const { names, labels } = await beside("id,Class,PATH\n1,x,a.jpg\n2,y,b.jpg\n3,z,c.jpg\n");
    assert.deepEqual(
      [names, labels],
      [
        ["a.jpg", "b.jpg", "c.jpg"],
        ["x", "y", "z"],
      ],
    );
    assert.equal((await beside("label\nx\ny\nz\n")).names, undefined);
  });

  it("are refused when they are not one a row, without a known column, or no text", async () => {
    await assert.rejects(beside("name\na\nb\n"), formatError(npy(), /2 names for 3 vectors/));
    await assert.rejects(beside("a,b\n1,2\n"), formatError(csv(), /without a column "name"/));
    await assert.rejects(beside(Buffer.of(0xff, 0xfe, 0x41)), formatError(csv(), /no text in UTF-8/));
    await assert.rejects(beside(""), formatError(csv(), /is empty/));
  });

  it("replace those that were written before, and no other file", async () => {
    await rm(csv(), { force: true });
    await writeVectors(npy(), table);
    const names = ["new", "newer", "newest"];
    await writeVectors(npy(), { ...table, names });
    assert.deepEqual((await readVectors(npy())).names, names);
    await writeFile(csv(), "name,price\nfolder/0.jpg,12\n");
    await assert.rejects(
      writeVectors(npy(), table),
      (e: Error) => e instanceof FileError && /would be lost/.test(e.message),
    );
    assert.equal(await readFile(csv(), "utf8"), "name,price\nfolder/0.jpg,12\n");
  });

  it("that belong to other vectors are not left beside new ones without any", async () => {
    await rm(csv(), { force: true });
    await writeVectors(npy(), table);
    const nameless = { vectors: plainTable(3, 4).vectors };
    await assert.rejects(
      writeVectors(npy(), nameless),
      (e: Error) => e instanceof FileError && /read as its names/.test(e.message),
    );
    assert.equal((await readVectors(npy())).vectors.cols, 2);
  });
});
